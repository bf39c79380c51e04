"""`revivatech` and `python -m revivatech`."""

from revivatech.cli.program import main

if __name__ == "__main__":
    main()
