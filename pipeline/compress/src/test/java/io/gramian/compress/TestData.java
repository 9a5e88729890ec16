package io.gramian.compress;

import io.gramian.checkpoint.LocalDirectory;
import io.gramian.checkpoint.SafetensorsFile;
import io.gramian.checkpoint.TensorInfo;
import io.gramian.model.store.ModelCheckpoint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/** The small checkpoints, golden values and oracles that come with the project. */
public final class TestData {

  private static final Path ROOT = Path.of(System.getProperty("gramian.root"));
  private static final Path DATA = ROOT.resolve("pipeline/compress/src/test/data");

  private TestData() {}

  /** Opens {@code llama-tiny}, {@code qwen2-tiny}, ... */
  public static ModelCheckpoint model(String name) throws IOException {
    return ModelCheckpoint.open(LocalDirectory.of(folder(name)));
  }

  public static Path folder(String model) {
    return model.equals("llama-tiny")
        ? ROOT.resolve("calibration-data").resolve(model)
        : DATA.resolve("checkpoints").resolve(model);
  }

  /** Values that Hugging Face transformers computed from the checkpoint, in float32. */
  public static SafetensorsFile golden(String model) throws IOException {
    return open("golden", model);
  }

  /** Scores that a float64 reference computed, or the token ids it used. */
  public static SafetensorsFile oracle(String name) throws IOException {
    return open("oracle", name);
  }

  private static SafetensorsFile open(String folder, String name) throws IOException {
    return SafetensorsFile.open(
        LocalDirectory.of(DATA.resolve(folder)).open(name + ".safetensors"));
  }

  public static int[] ints(SafetensorsFile file, String tensor) throws IOException {
    int[] values = new int[Math.toIntExact(file.info(tensor).elements())];
    bytes(file, tensor).asIntBuffer().get(values);
    return values;
  }

  public static float[] floats(SafetensorsFile file, String tensor) throws IOException {
    float[] values = new float[Math.toIntExact(file.info(tensor).elements())];
    bytes(file, tensor).asFloatBuffer().get(values);
    return values;
  }

  public static double[] doubles(SafetensorsFile file, String tensor) throws IOException {
    double[] values = new double[Math.toIntExact(file.info(tensor).elements())];
    bytes(file, tensor).asDoubleBuffer().get(values);
    return values;
  }

  private static ByteBuffer bytes(SafetensorsFile file, String tensor) throws IOException {
    TensorInfo info = file.info(tensor);
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.toIntExact(info.bytes())).order(ByteOrder.LITTLE_ENDIAN);
    file.read(info, 0, bytes);
    return bytes.flip().order(ByteOrder.LITTLE_ENDIAN);
  }
}
