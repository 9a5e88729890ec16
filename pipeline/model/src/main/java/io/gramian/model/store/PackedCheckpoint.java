package io.gramian.model.store;

import io.gramian.checkpoint.Checkpoint;
import io.gramian.checkpoint.Directory;
import io.gramian.checkpoint.TensorSpec;
import io.gramian.checkpoint.UserException;
import io.gramian.model.DecoderSpec;
import io.gramian.model.packed.PackedDecoder;
import io.gramian.model.packed.PackedReader;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * A packed artifact: 4-bit weights of which every width is a prefix, and what its {@code
 * gramian.json} says about them. Knows neither Spark nor libtorch. Close it to release the files.
 *
 * <p>A width is read with {@link io.gramian.model.packed.PackedBlock#read} and {@link
 * io.gramian.model.packed.PackedBlock#at}.
 */
public final class PackedCheckpoint implements Closeable {

  private final Checkpoint checkpoint;
  private final GramianMetadata metadata;
  private final DecoderSpec dense;
  private final PackedDecoder decoder;

  private PackedCheckpoint(ModelCheckpoint model, GramianMetadata metadata, PackedDecoder decoder) {
    this.checkpoint = model.checkpoint();
    this.dense = model.spec();
    this.metadata = metadata;
    this.decoder = decoder;
  }

  /** Whether the folder's {@code gramian.json} says that its weights are packed. */
  public static boolean isAt(Directory directory) throws IOException {
    return GramianMetadata.read(directory).flatMap(GramianMetadata::quantised).isPresent();
  }

  /**
   * Opens an artifact. Reads the config, {@code gramian.json} and the headers, no tensor.
   *
   * @throws UserException if the folder holds none, or a damaged one
   */
  public static PackedCheckpoint open(Directory directory) throws IOException {
    ModelCheckpoint model = ModelCheckpoint.open(directory);
    try {
      GramianMetadata metadata =
          model
              .metadata()
              .filter(found -> found.quantised().isPresent())
              .orElseThrow(() -> notPacked(directory));
      Quantisation quantisation = metadata.quantised().orElseThrow();
      PackedDecoder decoder =
          PackedDecoder.of(model.spec(), quantisation.profile().quantisationGroup());
      requireSameRuns(directory, quantisation, decoder);
      return new PackedCheckpoint(model, metadata, decoder);
    } catch (RuntimeException e) {
      try (model) {
        throw e;
      }
    }
  }

  private static UserException notPacked(Directory directory) {
    return new UserException(
        directory.name()
            + " is no packed artifact ("
            + GramianMetadata.FILE
            + " tells of no quantisation): give a folder that gramian quantize wrote");
  }

  private static void requireSameRuns(
      Directory directory, Quantisation quantisation, PackedDecoder decoder) {
    Map<String, List<Integer>> expected = Quantisation.columnRuns(decoder);
    for (Map.Entry<String, List<Integer>> entry : expected.entrySet()) {
      List<Integer> stored = quantisation.columnRuns().get(entry.getKey());
      if (!entry.getValue().equals(stored)) {
        throw new UserException(
            directory.name()
                + "/"
                + GramianMetadata.FILE
                + " does not fit the model: the columns of "
                + entry.getKey()
                + " are runs of "
                + stored
                + " in it and of "
                + entry.getValue()
                + " in the model; it belongs to another artifact or is damaged: "
                + QuantisationJson.REMEDY);
      }
    }
  }

  /** The tensors. */
  public Checkpoint checkpoint() {
    return checkpoint;
  }

  /** The decoder, as wide as the artifact. */
  public PackedDecoder decoder() {
    return decoder;
  }

  /** The decoder before it was packed: of the same width, tied if it was. */
  public DecoderSpec dense() {
    return dense;
  }

  /** All of {@code gramian.json}. */
  public GramianMetadata metadata() {
    return metadata;
  }

  /** What {@code gramian.json} says about the quantisation. */
  public Quantisation quantisation() {
    return metadata.quantised().orElseThrow();
  }

  /**
   * Checks that every tensor is there with its shape and type. Reads headers only.
   *
   * @throws UserException for the first that is missing or something else
   */
  public void validate() {
    PackedReader reader = new PackedReader(checkpoint);
    for (TensorSpec tensor : decoder.tensors()) {
      reader.require(tensor);
    }
  }

  @Override
  public void close() throws IOException {
    checkpoint.close();
  }
}
