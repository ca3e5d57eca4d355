"""``python -m foundsound``: the command where no script is on the path."""

from foundsound.cli.app import main

if __name__ == "__main__":
    main()
