package io.gramian.jobs;

import io.gramian.checkpoint.Directory;
import io.gramian.checkpoint.UserException;
import io.gramian.edge.EdgeModel;
import io.gramian.edge.EdgeSession;
import io.gramian.edge.SessionSettings;
import io.gramian.edge.generate.AvailableMemory;
import io.gramian.edge.generate.Generation;
import io.gramian.edge.generate.Generator;
import io.gramian.edge.generate.GeneratorSettings;
import io.gramian.edge.tokenizer.Tokenizer;
import io.gramian.jobs.options.DeviceOptions;
import io.gramian.jobs.options.RunningWidthOptions;
import io.gramian.jobs.options.SamplingOptions;
import io.gramian.model.KeepRatio;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code gramian generate}: on this machine alone, without Spark and libtorch. */
@Command(
    name = "generate",
    description =
        "Goes on with a text, on this machine: prints what the model says as it comes, and then, on"
            + " standard error, how fast it came.")
final class GenerateCommand extends Verb {

  @Mixin private DeviceOptions device;

  @Option(
      names = "--prompt",
      paramLabel = "TEXT",
      required = true,
      description = "The text to go on with.")
  private String prompt;

  @Option(
      names = "--max-tokens",
      paramLabel = "COUNT",
      defaultValue = "128",
      description = "Most tokens of the answer (default: ${DEFAULT-VALUE}).")
  private int maxTokens;

  @Mixin private RunningWidthOptions widths;
  @Mixin private SamplingOptions sampling;

  @Override
  public Integer call() throws IOException {
    List<KeepRatio> ratios = widths.ratios();
    GeneratorSettings settings =
        GeneratorSettings.greedy(maxTokens)
            .sampling(sampling.sampler())
            .widths(widths.policy(AvailableMemory.ofThisMachine()));
    Directory folder = device.folder();
    try (EdgeModel model = device.open(folder)) {
      ratios.forEach(model::widths); // what the model has not is said before the text begins
      Tokenizer tokenizer = Tokenizer.read(folder);
      int[] ids = tokenizer.encode(prompt);
      int positions = positions(folder, ids.length);
      EdgeSession session = model.session(SessionSettings.of(positions).atMost(ratios.get(0)));
      generate(new Generator(session, tokenizer, settings), ids, new Outcome(model, session));
    }
    return Failure.DONE;
  }

  /** Room for prompt and answer; the answer's last token is not read. */
  private int positions(Directory folder, int promptTokens) {
    int most = PositionLimit.of(folder);
    if (promptTokens > most) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "the prompt has %d tokens, but the model reads at most %d (max_position_embeddings):"
                  + " shorten it",
              promptTokens,
              most));
    }
    return (int) Math.max(1, Math.min(most, (long) promptTokens + maxTokens - 1));
  }

  private void generate(Generator generator, int[] ids, Outcome outcome) {
    PrintWriter out = out();
    Generation generation =
        generator.generate(
            ids,
            piece -> {
              out.print(piece);
              out.flush();
            });
    out.println();
    out.flush();
    spec().commandLine().getErr().println(outcome.line(generation));
  }

  /** What is told of a generation. */
  private record Outcome(EdgeModel model, EdgeSession session) {

    String line(Generation generation) {
      return String.format(
          Locale.ROOT,
          "gramian generate: %d tokens (%s), %.1f a second, the first after %.3f s; width %s; %d"
              + " %s, %s",
          generation.tokens(),
          generation.end().text(),
          generation.timing().tokensPerSecond(),
          generation.timing().secondsToFirstToken(),
          session.keepRatio(),
          model.threads(),
          model.threads() == 1 ? "thread" : "threads",
          model.kernels().reason());
    }
  }
}
