package io.gramian.jobs;

import io.gramian.checkpoint.Directory;
import io.gramian.checkpoint.UserException;
import io.gramian.edge.EdgeModel;
import io.gramian.edge.EdgeSession;
import io.gramian.edge.SessionSettings;
import io.gramian.edge.profile.ProfileSettings;
import io.gramian.edge.profile.SessionProfiler;
import io.gramian.jobs.options.DeviceOptions;
import io.gramian.model.KeepRatio;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code gramian profile}: on this machine alone, without Spark and libtorch. */
@Command(
    name = "profile",
    description =
        "Measures a model on this machine at several widths: what a token reads, what the caches"
            + " take, the time to the first token and that of each more.")
final class ProfileCommand extends Verb {

  private static final List<KeepRatio> WIDTHS =
      List.of(KeepRatio.FULL, new KeepRatio(0.85), new KeepRatio(0.65));

  @Mixin private DeviceOptions device;

  @Option(
      names = "--keep",
      paramLabel = "RATIO",
      split = ",",
      description =
          "Keep ratios, comma-separated (default: 1.0,0.85,0.65, or 1.0 for a checkpoint of"
              + " floating-point numbers).")
  private List<String> keep = List.of();

  @Option(
      names = "--dense",
      paramLabel = "CHECKPOINT",
      description = "The checkpoint in BF16 or F32, to be measured by the same kernels.")
  private Optional<String> dense;

  @Option(
      names = "--prompt-tokens",
      paramLabel = "COUNT",
      defaultValue = "128",
      description = "Tokens before the first (default: ${DEFAULT-VALUE}).")
  private int promptTokens;

  @Option(
      names = "--tokens",
      paramLabel = "COUNT",
      defaultValue = "64",
      description = "Tokens behind the first (default: ${DEFAULT-VALUE}).")
  private int tokens;

  @Option(
      names = "--warm-up",
      paramLabel = "SECONDS",
      defaultValue = "3",
      description = "How long each width runs before it is measured (default: ${DEFAULT-VALUE}).")
  private double warmUp;

  @Override
  public Integer call() throws IOException {
    ProfileSettings settings = new ProfileSettings(promptTokens, tokens, warmUp, System::nanoTime);
    List<KeepRatio> given = keep.stream().map(KeepRatio::parse).toList();
    Optional<Directory> reference =
        dense.map(folder -> DeviceOptions.local("--dense", folder)).map(this::checked);
    try (EdgeModel model = device.open(checked(device.folder()))) {
      List<KeepRatio> ratios = given.isEmpty() ? defaults(model) : given;
      ratios.forEach(model::widths); // what the model has not is said before the table begins
      ProfileTable table = new ProfileTable(out(), reference.isPresent());
      table.begin(model, settings);
      if (reference.isPresent()) {
        measureDense(reference.get(), settings, table);
      }
      for (KeepRatio ratio : ratios) {
        measure(model, ratio, settings, table);
      }
    }
    return Failure.DONE;
  }

  private static List<KeepRatio> defaults(EdgeModel model) {
    return model.quantisation().isPresent() ? WIDTHS : List.of(KeepRatio.FULL);
  }

  private Directory checked(Directory folder) {
    long wanted = (long) promptTokens + tokens;
    int most = PositionLimit.of(folder);
    if (wanted > most) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "--prompt-tokens and --tokens make %d, but %s reads at most %d"
                  + " (max_position_embeddings): give fewer",
              wanted,
              folder.name(),
              most));
    }
    return folder;
  }

  private void measureDense(Directory folder, ProfileSettings settings, ProfileTable table)
      throws IOException {
    try (EdgeModel model = device.open(folder)) {
      if (model.quantisation().isPresent()) {
        throw new UserException(
            "--dense "
                + folder.name()
                + " is a packed artifact: give the checkpoint that it was made of");
      }
      measure(model, KeepRatio.FULL, settings, table);
    }
  }

  private static void measure(
      EdgeModel model, KeepRatio ratio, ProfileSettings settings, ProfileTable table) {
    EdgeSession session = model.session(SessionSettings.of(settings.positions()).atMost(ratio));
    table.print(
        new ProfileTable.Row(
            model.quantisation().isPresent() ? "4 bits" : "dense",
            ratio,
            model.bytesRead(ratio),
            session.cacheBytes(),
            new SessionProfiler(settings).measure(session)));
  }
}
