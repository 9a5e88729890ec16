package io.gramian.model.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gramian.checkpoint.LocalDirectory;
import io.gramian.checkpoint.UserException;
import io.gramian.model.BlockWidths;
import io.gramian.model.Coupling;
import io.gramian.model.DeviceProfile;
import io.gramian.model.Granularity;
import io.gramian.model.KeepRatio;
import io.gramian.model.compressed.CompressedExport;
import io.gramian.model.export.ExportSource;
import io.gramian.model.export.Exporter;
import io.gramian.model.export.Padding;
import io.gramian.model.export.SayableWidths;
import io.gramian.model.fixture.RandomArtifact;
import io.gramian.model.fixture.RandomConfigs;
import io.gramian.model.store.PackedCheckpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the formats refuse, in their own words, and that the same artifact gives the same bytes. */
class GgufExportTest {

  private static final DeviceProfile PROFILE =
      new DeviceProfile("test", new Granularity(32, 2, 2, 2), 32);

  /** 2 query heads of 32 channels on one KV head, MLPs of 96. */
  private static final Map<String, Object> LLAMA =
      RandomConfigs.with(
          RandomConfigs.llamaTied(),
          Map.of(
              "hidden_size", 64,
              "num_attention_heads", 2,
              "num_key_value_heads", 1,
              "intermediate_size", 96));

  @TempDir private Path folder;

  private PackedCheckpoint artifact;

  @AfterEach
  void close() throws IOException {
    artifact.close();
  }

  private ExportSource source(Map<String, Object> config, UnaryOperator<BlockWidths> widths)
      throws IOException {
    return source(new RandomArtifact(config, 3, PROFILE), widths);
  }

  private ExportSource source(RandomArtifact random, UnaryOperator<BlockWidths> widths)
      throws IOException {
    random.write(LocalDirectory.of(folder.resolve("quantized")));
    artifact = PackedCheckpoint.open(LocalDirectory.of(folder.resolve("quantized")));
    Map<Integer, BlockWidths> half =
        new TreeMap<>(artifact.quantisation().widthsAt(new KeepRatio(0.5)).orElseThrow());
    half.replaceAll((block, all) -> widths.apply(all));
    return new ExportSource(artifact, half, Padding.NONE);
  }

  private static BlockWidths whole(BlockWidths half) {
    return new BlockWidths(Map.of());
  }

  private static BlockWidths mlp(BlockWidths half, int channels) {
    return half.kept().containsKey(Coupling.MLP)
        ? new BlockWidths(Map.of(Coupling.MLP, List.of(channels)))
        : new BlockWidths(Map.of());
  }

  private static void refuses(Exporter exporter, ExportSource source, String message) {
    assertThatThrownBy(() -> new SayableWidths(exporter).require(source))
        .isInstanceOf(UserException.class)
        .hasMessage(message);
  }

  private static final String HEADS =
      "model.layers.0.self_attn.q_proj.weight is 16 of 32 channels a head wide and"
          + " model.layers.0.self_attn.v_proj.weight 16, but ";

  private static final String CAN =
      "; of this artifact it can say --keep 1.0; --pad writes the width asked for, with zeros in"
          + " place of what it dropped";

  @Test
  void narrowHeads() throws IOException {
    ExportSource source = source(LLAMA, half -> half);
    refuses(
        new GgufExport(),
        source,
        "GGUF: "
            + HEADS
            + "llama.cpp reads heads of one size, whose rotary pairs are all there"
            + CAN);
    refuses(
        new CompressedExport(),
        source,
        "compressed-tensors: "
            + HEADS
            + "config.json has one head_dim, whose rotary pairs are all there"
            + CAN);
  }

  @Test
  void mlpsOfSeveralSizes() throws IOException {
    ExportSource even = source(LLAMA, half -> mlp(half, 64));
    assertThat(new GgufExport().refusal(even)).isEmpty();
    assertThat(new CompressedExport().refusal(even)).isEmpty();
    Map<Integer, BlockWidths> widths = new TreeMap<>(even.widths());
    widths.put(3, new BlockWidths(Map.of()));
    ExportSource uneven = new ExportSource(artifact, widths, Padding.NONE);
    refuses(
        new GgufExport(),
        uneven,
        "GGUF: the MLPs are [64, 96] channels wide, but llama.cpp reads one feed_forward_length for"
            + " all layers"
            + CAN);
    refuses(
        new CompressedExport(),
        uneven,
        "compressed-tensors: the MLPs are [64, 96] channels wide, but config.json has one"
            + " intermediate_size for all layers"
            + CAN);
  }

  @Test
  void mlpsThatAreNoWholeBlocks() throws IOException {
    refuses(
        new GgufExport(),
        source(LLAMA, half -> mlp(half, 72)),
        "GGUF: MLPs of 72 channels are no whole number of Q4_0's blocks of 32" + CAN);
  }

  @Test
  void groupsThatAreNoWholeBlocks() throws IOException {
    DeviceProfile narrow = new DeviceProfile("test", new Granularity(32, 2, 2, 2), 12);
    ExportSource source = source(new RandomArtifact(LLAMA, 3, narrow), GgufExportTest::whole);
    refuses(
        new GgufExport(),
        source,
        "GGUF: model.layers.0.self_attn.q_proj.weight has runs of [64] columns in groups of at most"
            + " 12, but Q4_0 has a scale for every 32 columns: runs and groups have to be multiples"
            + " of it; it can say no width of this artifact as it is");
    refuses(
        new CompressedExport(),
        source,
        "compressed-tensors: maps have groups of [4, 12] columns, but eight values share a word: runs"
            + " and groups have to be multiples of 8; it can say no width of this artifact as it"
            + " is");
  }

  @Test
  void stateSpaces() throws IOException {
    for (String config : List.of("mamba2TwoGroups", "bambaBiases")) {
      RandomArtifact random = new RandomArtifact(RandomConfigs.all().get(config), 3);
      ExportSource source = source(random, GgufExportTest::whole);
      String family = artifact.decoder().spec().family();
      for (Exporter exporter : List.of(new GgufExport(), new CompressedExport())) {
        refuses(
            exporter,
            source,
            "a "
                + family
                + " model cannot be exported: Gramian writes attention and gated MLPs in other"
                + " formats, of llama and qwen2, but no state spaces; it can say no width of this"
                + " artifact as it is");
      }
      close();
    }
  }

  @Test
  void otherActivations() throws IOException {
    ExportSource source =
        source(RandomConfigs.with(LLAMA, Map.of("hidden_act", "gelu")), GgufExportTest::whole);
    assertThat(new GgufExport().refusal(source))
        .contains("the MLPs' activation is GELU, but the format has silu alone");
  }

  @Test
  void theSameBytes() throws IOException {
    ExportSource source = source(LLAMA, half -> half);
    ExportSource padded = new ExportSource(artifact, source.widths(), Padding.ZEROS);
    for (Exporter exporter : List.of(new GgufExport(), new CompressedExport())) {
      assertThat(exporter.refusal(padded)).isEqualTo(Optional.empty());
      Path first = folder.resolve("first");
      Path second = folder.resolve("second");
      exporter.write(padded, LocalDirectory.of(first));
      exporter.write(padded, LocalDirectory.of(second));
      for (String file : LocalDirectory.of(first).list()) {
        assertThat(second.resolve(file)).hasSameBinaryContentAs(first.resolve(file));
      }
    }
    assertThat(folder.resolve("first")).isDirectoryContaining("glob:**/model.gguf");
  }

  @Test
  void withoutTokenizer() throws IOException {
    ExportSource source = source(LLAMA, GgufExportTest::whole);
    assertThat(new GgufExport().notes(source))
        .containsExactly("the file has no tokenizer, because the artifact has no tokenizer.json");
    Files.writeString(folder.resolve("quantized/tokenizer.json"), "{}");
    assertThat(new GgufExport().notes(source))
        .containsExactly(
            "the file has no tokenizer: tokenizer.json is none that GGUF has a name for");
  }
}
