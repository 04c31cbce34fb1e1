"""Keep PostgreSQL and Valkey running for work on the project, until Ctrl-C: `python -m tracker.embedded [FOLDER]`."""

import argparse
import signal
import sys
from pathlib import Path

from tracker.embedded import CannotStart, Engines
from tracker.embedded.engines import note_environment, secret
from tracker.embedded.processes import stop_signals_interrupt, stop_signals_wait


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tracker.embedded", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=Path(".local"), help="where all goes (default: .local)")
    folder = parser.parse_args().folder.resolve()
    engines = Engines(folder / "engines")
    stop_signals_interrupt()
    try:
        engines.start()
        note_environment(folder / "env", {**engines.variables, "SECRET_KEY": secret(folder / "secret-key")})
        print(f"PostgreSQL and Valkey answer; their addresses are in {folder / 'env'}. Ctrl-C stops both.", flush=True)
        signal.pause()
    except CannotStart as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        pass
    finally:
        stop_signals_wait()
        engines.stop()


if __name__ == "__main__":
    main()
