package io.gramian.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.gramian.spark.run.LeverageSummary;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class LeverageNotesTest {

  private static String printed(double worstError) {
    StringWriter out = new StringWriter();
    LeverageNotes.print(new LeverageSummary(64, worstError), new PrintWriter(out));
    return out.toString();
  }

  @Test
  void theWorstErrorIsToldAndALargeOneWithWhatToDo() {
    assertThat(printed(0.0123))
        .isEqualTo(
            "\nMLP channels scored by 64 singular values, each score off by 0.012 at most\n");
    assertThat(printed(0.41))
        .isEqualTo(
            "\nMLP channels scored by 64 singular values, each score off by 0.41 at most: a larger"
                + " --mlp-singular-values brings it nearer to the exact order\n");
  }
}
