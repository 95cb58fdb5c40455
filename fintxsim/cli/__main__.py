"""``python -m fintxsim.cli``."""

from fintxsim.cli.app import main

if __name__ == "__main__":
    main()
