package io.gramian.spark.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gramian.checkpoint.DType;
import io.gramian.checkpoint.LocalDirectory;
import io.gramian.checkpoint.TensorSpec;
import io.gramian.compress.quantize.ScaleRule;
import io.gramian.model.DeviceProfile;
import io.gramian.model.KeepRatio;
import io.gramian.model.fixture.RandomCheckpoint;
import io.gramian.model.packed.PackedSizes;
import io.gramian.model.store.ModelCheckpoint;
import io.gramian.model.store.PackedCheckpoint;
import io.gramian.spark.progress.ProgressListener;
import io.gramian.spark.session.TestSession;
import io.gramian.spark.slice.PackedSlice;
import io.gramian.spark.slice.RunWidths;
import io.gramian.spark.slice.SliceRequest;
import io.gramian.spark.storage.HadoopDirectory;
import io.gramian.spark.wave.CalibrationFolder;
import io.gramian.spark.wave.ShardSet;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The sizes that {@link PackedSizes} computes from a config against bytes on disk: one layer of
 * Llama-3.1-8B's shapes with its embedding and head, random weights, rounded to the nearest.
 */
class LlamaLayerBenchmark {

  private static final Path CONF = Path.of(System.getProperty("gramian.root"), "conf");

  @TempDir private Path folder;

  @Test
  void bytesOnDiskAreAsComputed() throws IOException {
    RandomCheckpoint.of(oneLayer(), 13)
        .withDType(DType.BF16)
        .write(LocalDirectory.of(folder.resolve("run/sorted")));
    DeviceProfile device =
        DeviceProfile.read(LocalDirectory.of(CONF.resolve("profiles")), "default.yaml");
    quantise(device);
    try (ModelCheckpoint model = ModelCheckpoint.open(local("run/sorted"))) {
      for (double keep : new double[] {1, 0.85, 0.75, 0.65}) {
        KeepRatio ratio = new KeepRatio(keep);
        long expected = PackedSizes.at(model.spec(), ratio, device);
        long onDisk = bytesAt(model, ratio, device);
        System.out.printf(
            Locale.ROOT,
            "one layer at %.2f: %,d bytes computed, %,d on disk, BF16 %,d%n",
            keep,
            expected,
            onDisk,
            PackedSizes.bf16(model.spec()));
        assertThat(onDisk).isEqualTo(expected);
      }
    }
  }

  private static Map<String, Object> oneLayer() throws IOException {
    Map<String, Object> config =
        new ObjectMapper()
            .readValue(
                CONF.resolve("shapes/llama-3.1-8b/config.json").toFile(), new TypeReference<>() {});
    config.put("num_hidden_layers", 1);
    return config;
  }

  private void quantise(DeviceProfile device) throws IOException {
    List<int[]> tokens = CalibrationFolder.random(13, 128_256, 13);
    ShardSet shards = ShardSet.of(CalibrationFolder.write(folder.resolve("set"), tokens), 1);
    QuantizeSettings settings = new QuantizeSettings(Rounding.NEAREST, ScaleRule.MAX, device);
    new Quantize(TestSession.context(), ProgressListener.SILENT)
        .run(
            new QuantizeRequest(directory("run"), "sorted", settings, new TreeMap<>(), "nearest"),
            shards);
  }

  /** Bytes of the tensors of the artifact cut to that width; the whole one is not cut. */
  private long bytesAt(ModelCheckpoint model, KeepRatio ratio, DeviceProfile device)
      throws IOException {
    RunWidths widths = new RunWidths(directory("run"), device.granularity());
    new PackedSlice(TestSession.context(), ProgressListener.SILENT)
        .run(
            new SliceRequest(
                directory("run/quantized"),
                widths.of(model.spec(), ratio).widths(),
                directory("sliced"),
                "keep-" + ratio));
    try (PackedCheckpoint cut = PackedCheckpoint.open(local("sliced/keep-" + ratio))) {
      cut.validate();
      return cut.checkpoint().tensorNames().stream()
          .map(tensor -> cut.checkpoint().info(tensor))
          .mapToLong(info -> TensorSpec.of(info).bytes())
          .sum();
    }
  }

  private HadoopDirectory directory(String name) {
    return CalibrationFolder.directory(folder.resolve(name));
  }

  private LocalDirectory local(String name) {
    return LocalDirectory.of(folder.resolve(name));
  }
}
