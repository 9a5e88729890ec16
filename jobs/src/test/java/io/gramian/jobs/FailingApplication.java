package io.gramian.jobs;

import io.gramian.checkpoint.UserException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.VoidFunction;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** The command line with one more verb, whose tasks fail in a way of the caller's choice. */
final class FailingApplication {

  private FailingApplication() {}

  public static void main(String[] args) {
    CommandLine line = Main.commandLine().addSubcommand(new FailCommand());
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    System.exit(Main.run(line, args, out, err));
  }

  /** Ways to fail in a task. */
  enum Way implements VoidFunction<Integer> {
    USER {
      @Override
      public void call(Integer record) {
        throw new UserException("tensor a has shape [2], expected [3]");
      }
    },
    /** As when the cause comes from a library: only the text reaches the driver. */
    USER_NOT_SERIALIZABLE {
      @Override
      public void call(Integer record) {
        throw new UserException("tensor b holds NaN at [4, 7]", new NotSerializable());
      }
    },
    BUG {
      @Override
      public void call(Integer record) {
        throw new IllegalStateException("index 3 of 2");
      }
    }
  }

  @Command(name = "fail")
  private static final class FailCommand extends SparkVerb {

    @Parameters private Way way;

    @Override
    Work prepare() {
      return at ->
          JavaSparkContext.fromSparkContext(at.session().sparkContext())
              .parallelize(List.of(1, 2, 3), 3)
              .foreach(way);
    }
  }

  private static final class NotSerializable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Object state = new Object();

    @Override
    public String getMessage() {
      return state.toString();
    }
  }
}
