package io.gramian.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.gramian.checkpoint.UserException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

class FailureTest {

  private final StringWriter err = new StringWriter();

  private int report(Throwable failure) {
    return Failure.report(failure, new PrintWriter(err));
  }

  @Test
  void userExceptionIsOneLine() {
    assertThat(report(new UserException("no model at x: give another --model"))).isEqualTo(2);
    assertThat(err).hasToString("gramian: no model at x: give another --model\n");
  }

  @Test
  void userExceptionMayBeTheCauseOfACause() {
    Throwable user = new UserException("tensor a has shape [2], expected [3]");
    Throwable wrapped = new ExecutionException(new IllegalStateException("task failed", user));

    assertThat(report(wrapped)).isEqualTo(2);
    assertThat(err).hasToString("gramian: tensor a has shape [2], expected [3]\n");
  }

  @Test
  void userExceptionMayBeLeftOnlyAsTextOfSparks() {
    Throwable spark =
        new IllegalStateException(
            """
            Job aborted due to stage failure: Task 0 in stage 0.0 failed 4 times, most recent \
            failure: Lost task 0.3 in stage 0.0 (TID 3) (10.0.0.7 executor 1): \
            io.gramian.checkpoint.UserException: model.safetensors: NaN in tensor b at [4, 7]
            \tat io.gramian.spark.Task.run(Task.java:12)
            Driver stacktrace:""");

    assertThat(report(new IllegalStateException("phase calibrate", spark))).isEqualTo(2);
    assertThat(err).hasToString("gramian: model.safetensors: NaN in tensor b at [4, 7]\n");
  }

  @Test
  void messageOfSeveralLinesIsPrintedAsOne() {
    assertThat(report(new UserException("first\r\n   second\nthird\n"))).isEqualTo(2);
    assertThat(err).hasToString("gramian: first second third\n");
  }

  @Test
  void everythingElseIsABugWithItsStackTrace() {
    assertThat(report(new IllegalStateException("index 3 of 2"))).isEqualTo(3);
    assertThat(err.toString())
        .startsWith(
            "java.lang.IllegalStateException: index 3 of 2\n\tat " + FailureTest.class.getName())
        .endsWith(
            "gramian: this is a bug in Gramian, not a mistake of yours; please report it with the"
                + " stack trace above and the command line\n");
  }

  @Test
  void causesThatFormACycleComeToAnEnd() {
    Exception first = new IllegalStateException("first");
    Exception second = new IllegalStateException("second", first);
    first.initCause(second);

    assertThat(report(first)).isEqualTo(3);
  }

  @Test
  void whatTheClusterRefusesIsNoBug() {
    Throwable refused =
        new java.io.UncheckedIOException(
            new java.net.ConnectException("namenode:8020: connection refused"));

    assertThat(report(new IllegalStateException("reading", refused))).isEqualTo(2);
    assertThat(err).hasToString("gramian: ConnectException: namenode:8020: connection refused\n");
  }
}
