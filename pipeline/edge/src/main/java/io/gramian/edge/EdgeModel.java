package io.gramian.edge;

import io.gramian.checkpoint.Directory;
import io.gramian.checkpoint.Sha256Sums;
import io.gramian.checkpoint.UserException;
import io.gramian.edge.decode.Decoder;
import io.gramian.edge.decode.ModelWeights;
import io.gramian.edge.decode.PackedWeights;
import io.gramian.edge.decode.PlainWeights;
import io.gramian.edge.kernel.Kernels;
import io.gramian.edge.team.WorkerTeam;
import io.gramian.model.BlockWidths;
import io.gramian.model.DecoderSpec;
import io.gramian.model.KeepRatio;
import io.gramian.model.store.ModelCheckpoint;
import io.gramian.model.store.PackedCheckpoint;
import io.gramian.model.store.Quantisation;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/**
 * A model on a device: a packed artifact at any width, or a checkpoint of BF16 or F32 numbers as it
 * is. An artifact is checked against its SHA-256 sums and read into memory, its embedding mapped; a
 * checkpoint is mapped.
 *
 * <p>Its sessions share weights and threads, and so run one after the other. Close it to end the
 * threads.
 */
public final class EdgeModel implements AutoCloseable {

  private final String name;
  private final ModelWeights weights;
  private final Widths widths;
  private final Kernels.Choice kernels;
  private final WorkerTeam team;

  private EdgeModel(String name, ModelWeights weights, Widths widths, EdgeSettings settings) {
    this.name = name;
    this.weights = weights;
    this.widths = widths;
    this.kernels = settings.kernels();
    this.team = new WorkerTeam(settings.threads());
  }

  /**
   * Opens a folder that {@code gramian quantize} wrote, or a Hugging Face checkpoint.
   *
   * @throws UserException if it holds neither, or is truncated or damaged
   */
  public static EdgeModel open(Directory folder, EdgeSettings settings) throws IOException {
    if (PackedCheckpoint.isAt(folder)) {
      requireUnchanged(folder);
      try (PackedCheckpoint packed = PackedCheckpoint.open(folder)) {
        Widths widths = new Widths(packed.decoder().spec(), Optional.of(packed.quantisation()));
        return new EdgeModel(folder.name(), PackedWeights.of(packed), widths, settings);
      }
    }
    try (ModelCheckpoint model = ModelCheckpoint.open(folder)) {
      Widths widths = new Widths(model.spec(), Optional.empty());
      return new EdgeModel(folder.name(), PlainWeights.of(model), widths, settings);
    }
  }

  private static void requireUnchanged(Directory folder) throws IOException {
    Sha256Sums.read(folder)
        .orElseThrow(
            () ->
                new UserException(
                    folder.name()
                        + ": no "
                        + Sha256Sums.FILE
                        + " there, so nothing tells whether the artifact is whole: copy all of it"
                        + " again, or quantize again"))
        .verify(folder);
  }

  /** Where the model is. */
  public String name() {
    return name;
  }

  /** The decoder, as wide as it is stored. */
  public DecoderSpec spec() {
    return weights.spec();
  }

  /** What multiplies, and why. */
  public Kernels.Choice kernels() {
    return kernels;
  }

  /** Threads that a pass runs on. */
  public int threads() {
    return team.size();
  }

  /** Bytes of all weights as stored; a table that embedding and head share counts once. */
  public long bytes() {
    return weights.bytes();
  }

  /** Bytes of the weights that a pass at a width reads; of the embedding, a row. */
  public long bytesRead(KeepRatio ratio) {
    return weights.bytesRead(widths.at(ratio));
  }

  /** How the artifact was quantised; empty for a checkpoint of floating-point numbers. */
  public Optional<Quantisation> quantisation() {
    return widths.quantisation();
  }

  /**
   * Units that every block keeps at a ratio: those that the artifact was made for, or else the same
   * ratio everywhere, rounded to the steps of the artifact's device profile.
   *
   * @throws UserException if the model cannot be narrowed
   */
  public Map<Integer, BlockWidths> widths(KeepRatio ratio) {
    return widths.at(ratio);
  }

  /** A session with empty caches. Sessions of a model must not run at the same time. */
  public EdgeSession session(SessionSettings settings) {
    Decoder.Setting setting =
        new Decoder.Setting(
            kernels.kernels(),
            team,
            settings.positions(),
            Math.min(settings.batch(), settings.positions()),
            widths.mostUpTo(settings.widest()));
    return new EdgeSession(new Decoder(weights, setting), widths, settings.widest());
  }

  /** Ends the threads. */
  @Override
  public void close() {
    team.close();
  }
}
