package io.gramian.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.LoggerContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** What {@code conf/log4j2.properties} lets through to standard error. */
@Isolated("takes standard error away")
class LogLinesTest {
  private static final String RPC = "org.apache.spark.network.server.TransportRequestHandler";

  private static List<String> lines(String logger, String message, Throwable cause) {
    PrintStream before = System.err;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    System.setErr(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    try (LoggerContext context =
        new LoggerContext(
            "lines", null, ProcessRun.ROOT.resolve("conf/log4j2.properties").toUri())) {
      context.start();
      Logger log = context.getLogger(logger);
      log.error(message, cause);
    } finally {
      System.setErr(before);
    }
    return bytes.toString(StandardCharsets.UTF_8).lines().toList();
  }

  @Test
  void failureIsOneLineWithItsReason() {
    assertThat(lines(RPC, "Error opening block x\n\tat y", new IllegalStateException("disk full")))
        .singleElement()
        .asString()
        .endsWith("ERROR TransportRequestHandler: Error opening block x ( disk full)");
  }

  /** Spark says it of an executor's status update that arrives while the driver stops. */
  @Test
  void messageThatReachesAStoppedDriverIsNotAFailure() {
    assertThat(
            lines(
                RPC,
                "Error while invoking RpcHandler#receive() for one-way message from /127.0.0.1:1.",
                new IllegalStateException("Could not find CoarseGrainedScheduler.")))
        .isEmpty();
  }

  @Test
  void mistakeOfTheUsersIsReportedByTheCommandLineAlone() {
    assertThat(
            lines(
                "org.apache.spark.scheduler.TaskSetManager",
                "Lost task 0.0: io.gramian.checkpoint.UserException: tensor a has shape [2]",
                null))
        .isEmpty();
  }
}
