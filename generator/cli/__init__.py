"""What is typed: arguments, commands, keys as people hand them over, exit codes.

The only wing that prints, reads the clock or the environment.
"""
