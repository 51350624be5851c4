"""The commands, one module each: `ACCEPTS` says what may follow the command, `run` does it and returns the exit code.

Owns the list of commands, in the order in which the help names them. A command's sentences are in
`site/catalogue/commands/<name>.yml`.
"""

COMMANDS = (
    "next",
    "init",
    "check",
    "build",
    "serve",
    "diff",
    "tidy",
    "guard",
    "history",
    "sheets",
    "explain",
    "new",
    "library",
    "adopt",
    "school",
    "year",
    "upgrade",
    "doctor",
    "completion",
    "codeowners",
    "keygen",
    "seal",
    "intake",
    "forms",
    "reminders",
    "open",
    "rekey",
    "recipients",
    "release",
    "attack",
    "summary",
)
CONFIDENTIAL = ("keygen", "seal", "open", "rekey", "release")  # these hold keys or figures in memory
QUOTES_NOTHING = (*CONFIDENTIAL, "check", "diff", "guard", "intake")  # and these what nobody has looked through yet
