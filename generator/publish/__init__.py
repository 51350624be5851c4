"""Pages become a site: build, engine, stamp, search, output, preview, printed sheets. Must not know what pages say."""
