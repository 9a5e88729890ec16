package io.gramian.checkpoint;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A Hugging Face checkpoint: {@code config.json} and the tensors of one {@code model.safetensors}
 * or of the shards that {@code model.safetensors.index.json} lists.
 *
 * <p>Tensors are read by byte range; in memory are only the headers of the files that were asked
 * for, each read once. Safe for concurrent use: the tasks of an executor share one.
 */
public final class Checkpoint implements Closeable {

  /** The file of a checkpoint that is not sharded. */
  public static final String SINGLE_FILE = "model.safetensors";

  private final Directory directory;
  private final HfConfig config;
  private final Optional<CheckpointIndex> index;
  private final Map<String, SafetensorsFile> opened = new ConcurrentHashMap<>();
  private volatile boolean closed;

  private Checkpoint(Directory directory, HfConfig config, Optional<CheckpointIndex> index) {
    this.directory = directory;
    this.config = config;
    this.index = index;
  }

  /**
   * Opens the checkpoint in {@code directory}: reads the configuration and the index, no tensor
   * file. Where there are both, {@code model.safetensors} counts and not the index, as in Hugging
   * Face's own loader.
   *
   * @throws UserException if the folder, its configuration, its tensors or a shard that the index
   *     names is missing, or if the configuration or the index is damaged
   */
  public static Checkpoint open(Directory directory) {
    try {
      if (directory.list().isEmpty()) {
        throw new UserException(
            String.format(
                Locale.ROOT,
                "%s: no files there; a checkpoint is a folder with %s and safetensors files",
                directory.name(),
                HfConfig.FILE));
      }
      HfConfig config = HfConfig.read(directory);
      if (directory.exists(SINGLE_FILE)) {
        return new Checkpoint(directory, config, Optional.empty());
      }
      if (!directory.exists(CheckpointIndex.FILE)) {
        throw new UserException(
            String.format(
                Locale.ROOT,
                "%s: neither %s nor %s there; other weight formats must be converted to safetensors",
                directory.name(),
                SINGLE_FILE,
                CheckpointIndex.FILE));
      }
      Checkpoint checkpoint =
          new Checkpoint(directory, config, Optional.of(CheckpointIndex.read(directory)));
      checkpoint.checkFiles();
      return checkpoint;
    } catch (IOException e) {
      throw JsonDocument.unreadable(directory.name(), e);
    }
  }

  /** Where the checkpoint is. */
  public Directory directory() {
    return directory;
  }

  /** Its {@code config.json}. */
  public HfConfig config() {
    return config;
  }

  /**
   * All tensors: in the order of their data in a single file, sorted by name if there are shards.
   */
  public List<String> tensorNames() {
    return index
        .map(shards -> List.copyOf(shards.weightMap().keySet()))
        .orElseGet(() -> file(SINGLE_FILE).tensors().stream().map(TensorInfo::name).toList());
  }

  /** Whether the checkpoint has {@code tensor}. */
  public boolean contains(String tensor) {
    return index
        .map(shards -> shards.weightMap().containsKey(tensor))
        .orElseGet(() -> file(SINGLE_FILE).contains(tensor));
  }

  /**
   * The entry of {@code tensor}.
   *
   * @throws UserException if there is none, naming the most similar one, or if its file is damaged
   */
  public TensorInfo info(String tensor) {
    return fileOf(tensor).info(tensor);
  }

  /**
   * The entry of {@code tensor}, whose shape must be {@code shape}.
   *
   * @throws UserException if it is not, printing both shapes, or as {@link #info}
   */
  public TensorInfo require(String tensor, List<Long> shape) {
    TensorInfo info = info(tensor);
    if (!info.shape().equals(shape)) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "%s: tensor '%s' has shape %s, but %s asks for %s",
              fileOf(tensor).name(),
              tensor,
              info.shape(),
              HfConfig.FILE,
              shape));
    }
    return info;
  }

  /**
   * Fills {@code destination} from its position to its limit with the bytes of {@code tensor} that
   * start {@code byteOffset} bytes into it.
   *
   * @throws IndexOutOfBoundsException if the range leaves the tensor
   */
  public void read(String tensor, long byteOffset, ByteBuffer destination) throws IOException {
    SafetensorsFile file = fileOf(tensor);
    file.read(file.info(tensor), byteOffset, destination);
  }

  /**
   * Fills {@code destination} from its position to its limit with the elements of {@code tensor}
   * that start at {@code firstElement} in row-major order, converted to F32.
   *
   * @throws UserException if the tensor is not floating, or if a value is NaN or infinite: names
   *     the tensor and the position
   * @throws IndexOutOfBoundsException if the range leaves the tensor
   */
  public void readFloats(String tensor, long firstElement, FloatBuffer destination)
      throws IOException {
    SafetensorsFile file = fileOf(tensor);
    new FloatReader(file, file.info(tensor)).read(firstElement, destination);
  }

  /**
   * The bytes of {@code tensor}, as {@link SafetensorsFile#view}.
   *
   * @throws UserException if there is no such tensor, or it is too large
   */
  public ByteBuffer view(String tensor) throws IOException {
    SafetensorsFile file = fileOf(tensor);
    return file.view(file.info(tensor));
  }

  /** The safetensors files that the checkpoint consists of, sorted. */
  public List<String> files() {
    return index
        .map(shards -> List.copyOf(new TreeSet<>(shards.weightMap().values())))
        .orElse(List.of(SINGLE_FILE));
  }

  /** Closes the files that were opened; later calls fail. */
  @Override
  public void close() throws IOException {
    closed = true;
    for (SafetensorsFile file : opened.values()) {
      file.close();
    }
  }

  private SafetensorsFile fileOf(String tensor) {
    if (index.isEmpty()) {
      return file(SINGLE_FILE);
    }
    Map<String, String> weightMap = index.get().weightMap();
    String name = weightMap.get(tensor);
    if (name == null) {
      throw NearestName.missingTensor(directory.name(), tensor, weightMap.keySet());
    }
    SafetensorsFile file = file(name);
    if (!file.contains(tensor)) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "%s: no tensor '%s', though %s says that it is there",
              file.name(),
              tensor,
              CheckpointIndex.FILE));
    }
    return file;
  }

  private SafetensorsFile file(String name) {
    if (closed) {
      throw new IllegalStateException("checkpoint " + directory.name() + " is closed");
    }
    return opened.computeIfAbsent(name, this::openFile);
  }

  private SafetensorsFile openFile(String name) {
    try {
      return SafetensorsFile.open(directory.open(name));
    } catch (IOException e) {
      throw JsonDocument.unreadable(JsonDocument.nameOf(directory, name), e);
    }
  }

  private void checkFiles() throws IOException {
    for (String file : files()) {
      if (!directory.exists(file)) {
        throw new UserException(
            String.format(
                Locale.ROOT,
                "%s: shard %s is missing, though %s lists it; fetch the checkpoint again",
                directory.name(),
                file,
                CheckpointIndex.FILE));
      }
    }
  }
}
