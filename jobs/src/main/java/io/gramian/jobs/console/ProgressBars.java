package io.gramian.jobs.console;

import io.gramian.spark.progress.ProgressListener;
import java.io.PrintStream;
import java.util.Optional;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * One bar a phase: name, percentage, bar, done and total, in brackets the time taken and the time
 * left, and what the phase has to say.
 */
final class ProgressBars implements ProgressListener {

  private final PrintStream terminal;
  private Optional<ProgressBar> bar = Optional.empty();

  ProgressBars(PrintStream terminal) {
    this.terminal = terminal;
  }

  @Override
  public void phaseStarted(String name, long totalUnits) {
    phaseFinished();
    bar =
        Optional.of(
            new ProgressBarBuilder()
                .setTaskName(name)
                .setInitialMax(totalUnits)
                .setStyle(ProgressBarStyle.ASCII)
                .setConsumer(new ConsoleProgressBarConsumer(terminal))
                .build());
  }

  @Override
  public void advanced(long unitsDone) {
    bar.ifPresent(b -> b.stepTo(unitsDone));
  }

  @Override
  public void detail(String text) {
    bar.ifPresent(b -> b.setExtraMessage(text));
  }

  @Override
  public void phaseFinished() {
    bar.ifPresent(ProgressBar::close);
    bar = Optional.empty();
  }
}
