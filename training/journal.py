"""Keep what training measures: a line on the screen, a row in metrics.csv, a plot in the end."""

import csv
import sys
import time
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from tqdm import tqdm

METRICS = "metrics.csv"
PLOT = "metrics.svg"
PLOT_INCHES = (7, 6)


@dataclass(frozen=True, slots=True)
class Measured:
    """One row of metrics.csv.

    Args:
        step: how many steps are done.
        loss: mean since the row before.
        learning_rate: of the last step.
        tokens_per_s: since the row before, padding not counted.
    """

    step: int
    loss: float
    learning_rate: float
    tokens_per_s: float


class Journal:
    """The journal of one run; a resumed run goes on in the same file.

    Args:
        folder: where metrics.csv is.
        total_steps: how many steps there will be.
        first_step: how many are done already; rows of later ones are taken out.
    """

    def __init__(self, folder: Path, *, total_steps: int, first_step: int) -> None:
        self._folder = folder
        self._total = total_steps
        self._first = first_step
        self._began = time.monotonic()
        kept = [row for row in read_metrics(folder) if row.step <= first_step]
        with (folder / METRICS).open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(field.name for field in fields(Measured))
            writer.writerows(astuple(row) for row in kept)
        # On a terminal only; a file gets the lines.
        self._bar = tqdm(total=total_steps, initial=first_step, unit="step", disable=None)

    def step(self) -> None:
        """One more step is done."""
        self._bar.update()

    def write(self, measured: Measured) -> None:
        """Add a row, and show it with an estimate of the time left."""
        with (self._folder / METRICS).open("a", newline="", encoding="utf-8") as file:
            csv.writer(file).writerow(astuple(measured))
        done = max(measured.step - self._first, 1)
        left_s = (time.monotonic() - self._began) / done * (self._total - measured.step)
        self.say(
            f"{measured.step}/{self._total}  loss {measured.loss:.3f}"
            f"  {measured.tokens_per_s:.0f} tokens/s  {left_s / 60:.0f} min left"
        )

    def say(self, line: str) -> None:
        """Show a line above the progress bar."""
        self._bar.write(line, file=sys.stdout)
        sys.stdout.flush()

    def close(self) -> None:
        """End the progress bar."""
        self._bar.close()


def read_metrics(folder: Path) -> list[Measured]:
    """The rows of metrics.csv, none where there is no file."""
    if not (folder / METRICS).is_file():
        return []
    with (folder / METRICS).open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))[1:]
    return [Measured(int(row[0]), *map(float, row[1:])) for row in rows]


def plot_metrics(folder: Path) -> None:
    """Draw metrics.svg from metrics.csv."""
    from matplotlib.figure import Figure  # slow to import, and wanted once

    rows = read_metrics(folder)
    figure = Figure(figsize=PLOT_INCHES, layout="constrained")
    axes = figure.subplots(3, 1, sharex=True)
    for axis, name in zip(axes, ("loss", "learning_rate", "tokens_per_s"), strict=True):
        axis.plot([row.step for row in rows], [getattr(row, name) for row in rows])
        axis.set_ylabel(name.replace("_", " "))
    axes[-1].set_xlabel("step")
    figure.savefig(folder / PLOT)
