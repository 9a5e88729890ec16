package io.gramian.model.store;

import io.gramian.checkpoint.Checkpoint;
import io.gramian.checkpoint.Directory;
import io.gramian.checkpoint.TensorInfo;
import io.gramian.checkpoint.UserException;
import io.gramian.model.DecoderSpec;
import io.gramian.model.TensorShape;
import io.gramian.model.family.Families;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A checkpoint and the decoder that its {@code config.json} describes; for a sorted one with the
 * RoPE pair orders of its {@code gramian.json}. Close it to release the files.
 */
public final class ModelCheckpoint implements Closeable {

  private final Checkpoint checkpoint;
  private final DecoderSpec spec;
  private final Optional<GramianMetadata> metadata;

  private ModelCheckpoint(
      Checkpoint checkpoint, DecoderSpec spec, Optional<GramianMetadata> metadata) {
    this.checkpoint = checkpoint;
    this.spec = spec;
    this.metadata = metadata;
  }

  /**
   * Opens a Hugging Face folder. Reads the config and the headers, no tensor.
   *
   * @throws UserException if the folder holds no checkpoint of a supported family
   */
  public static ModelCheckpoint open(Directory directory) throws IOException {
    Checkpoint checkpoint = Checkpoint.open(directory);
    try {
      DecoderSpec described = Families.describe(checkpoint.config());
      Optional<GramianMetadata> metadata = GramianMetadata.read(directory);
      DecoderSpec spec = metadata.map(m -> apply(m, described, directory)).orElse(described);
      return new ModelCheckpoint(checkpoint, spec, metadata);
    } catch (IOException | RuntimeException e) {
      try (checkpoint) {
        throw e;
      }
    }
  }

  private static DecoderSpec apply(
      GramianMetadata metadata, DecoderSpec described, Directory directory) {
    try {
      return metadata.applyTo(described);
    } catch (UserException e) {
      throw new UserException(directory.name() + ": " + e.getMessage(), e);
    }
  }

  /** The tensors. */
  public Checkpoint checkpoint() {
    return checkpoint;
  }

  /** The decoder. */
  public DecoderSpec spec() {
    return spec;
  }

  /** What {@code gramian.json} says, if the checkpoint was sorted. */
  public Optional<GramianMetadata> metadata() {
    return metadata;
  }

  /**
   * Checks that every tensor of the decoder is there with its shape, as floating-point numbers.
   * Reads headers only.
   *
   * @throws UserException for the first that is missing or something else
   */
  public void validate() {
    if (metadata.flatMap(GramianMetadata::quantised).isPresent()) {
      throw new UserException(
          checkpoint.directory().name()
              + " is a packed artifact of 4-bit weights, which can be evaluated and sliced; give the"
              + " checkpoint before quantisation");
    }
    for (TensorShape tensor : spec.tensors()) {
      TensorInfo info = checkpoint.require(tensor.name(), tensor.shape());
      if (!info.dtype().isFloating()) {
        throw new UserException(
            checkpoint.directory().name()
                + ": tensor '"
                + tensor.name()
                + "' is "
                + info.dtype()
                + ", but weights must be floating-point numbers; give the checkpoint before"
                + " quantisation");
      }
    }
  }

  /** Names of tensors that the decoder does not read, sorted: for a warning. */
  public List<String> unknownTensors() {
    Set<String> known = spec.tensors().stream().map(TensorShape::name).collect(Collectors.toSet());
    return checkpoint.tensorNames().stream()
        .filter(name -> !known.contains(name))
        .sorted()
        .toList();
  }

  @Override
  public void close() throws IOException {
    checkpoint.close();
  }
}
