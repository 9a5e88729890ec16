package io.gramian.model.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gramian.checkpoint.LocalDirectory;
import io.gramian.checkpoint.UserException;
import io.gramian.model.Attention;
import io.gramian.model.BlockWidths;
import io.gramian.model.Coupling;
import io.gramian.model.DecoderSpec;
import io.gramian.model.Granularity;
import io.gramian.model.KeepRatio;
import io.gramian.model.NarrowedBlock;
import io.gramian.model.ResidualBlock;
import io.gramian.model.fixture.RandomCheckpoint;
import io.gramian.model.fixture.RandomConfigs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Widths in {@code gramian.json}: written, read back, and refused where they cannot be. */
class StoredWidthsTest {

  private static final Granularity FINE = new Granularity(1, 2, 1, 1);

  @TempDir private Path folder;

  static List<String> configs() {
    return List.copyOf(RandomConfigs.all().keySet());
  }

  /** With pair orders where there are pairs, reversed. */
  @ParameterizedTest
  @MethodSource("configs")
  void aSliceIsDescribedByWhatItsFileSays(String config) throws IOException {
    DecoderSpec described = spec(config);
    GramianMetadata sorted = new GramianMetadata(Map.of(Coupling.MLP, "energy"), orders(described));
    DecoderSpec spec = sorted.applyTo(described);
    Map<Integer, BlockWidths> widths = uniform(spec, 0.6);
    GramianMetadata sliced = sorted.sliced(spec, widths);
    Files.write(folder.resolve(GramianMetadata.FILE), sliced.toJson());

    GramianMetadata read = GramianMetadata.read(LocalDirectory.of(folder)).orElseThrow();
    assertThat(read).isEqualTo(sliced);
    assertThat(read.toJson()).isEqualTo(sliced.toJson());
    assertThat(read.widths()).hasSameSizeAs(spec.blocks());
    DecoderSpec narrowed = read.applyTo(described);
    for (ResidualBlock block : spec.blocks()) {
      assertThat(narrowed.blocks().get(block.blockIndex()))
          .isEqualTo(NarrowedBlock.of(block, widths.get(block.blockIndex())));
    }
    assertThat(narrowed.parameterCount()).isLessThan(described.parameterCount());
  }

  /** A slice of a slice counts from the original's units. */
  @Test
  void aSliceMayBeSlicedAgain() throws IOException {
    DecoderSpec described = spec("llamaGrouped");
    GramianMetadata sorted = new GramianMetadata(Map.of(), orders(described));
    DecoderSpec spec = sorted.applyTo(described);
    GramianMetadata once = sorted.sliced(spec, uniform(spec, 0.8));
    DecoderSpec narrow = once.applyTo(described);
    GramianMetadata twice = once.sliced(narrow, uniform(narrow, 0.5));

    DecoderSpec expected =
        narrow.withBlocks(
            narrow.blocks().stream()
                .map(b -> NarrowedBlock.of(b, uniform(narrow, 0.5).get(b.blockIndex())))
                .toList());
    assertThat(twice.applyTo(described)).isEqualTo(expected);
  }

  /** Nothing is dropped: the file of the sorted checkpoint, which older readers know. */
  @Test
  void theFullWidthIsNotStored() throws IOException {
    DecoderSpec described = spec("llamaGrouped");
    GramianMetadata sorted = new GramianMetadata(Map.of(), orders(described));
    DecoderSpec spec = sorted.applyTo(described);

    assertThat(sorted.sliced(spec, uniform(spec, 1))).isSameAs(sorted);
    assertThat(text(sorted)).contains("\"format_version\" : 1").doesNotContain("widths");
    assertThat(text(sorted.sliced(spec, uniform(spec, 0.5))))
        .contains("\"format_version\" : 2")
        .contains(
            """
              "widths" : [ {
                "block_index" : 0,
                "kept" : {
                  "query-key" : [ 2 ],
                  "value-output" : [ 4 ]
                }
              }, {
                "block_index" : 1,
                "kept" : {
                  "mlp" : [ 26 ]
                }
              },\
            """);
  }

  @Test
  void aDamagedFileIsRefused() throws IOException {
    DecoderSpec spec = spec("llamaGrouped");
    String json = text(new GramianMetadata(Map.of(), Map.of()).sliced(spec, uniform(spec, 0.5)));
    String damaged = folder + "/gramian.json is damaged: ";

    assertUnreadable(json.replace("\"mlp\"", "\"mpl\""))
        .hasMessage(damaged + "unknown coupling \"mpl\"; sort again");
    assertUnreadable(json.replace("[ 26 ]", "26"))
        .hasMessage(damaged + "it lacks an array mlp; sort again");
    assertUnreadable(json.replace("[ 26 ]", "[ 26.5 ]"))
        .hasMessage(damaged + "a list of widths holds 26.5, which is no whole number; sort again");
    assertUnreadable(json.replace("\"kept\"", "\"left\""))
        .hasMessage(damaged + "unknown key \"left\"; sort again");
    assertUnreadable(json.replaceFirst("\"kept\" : \\{[^}]*}", "\"kept\" : 7"))
        .hasMessage(damaged + "an entry of widths lacks an object kept; sort again");
    assertUnreadable(json.replace("\"block_index\" : 1", "\"block_index\" : 0"))
        .hasMessage(damaged + "two entries for block 0 in widths; sort again");
    assertUnreadable(json.replaceFirst("(?s)\"widths\" : .*", "\"widths\" : [ ]\n}\n"))
        .hasMessage(damaged + "widths lists no block; sort again");
    assertUnreadable(json.replace("\"format_version\" : 2", "\"format_version\" : 1"))
        .hasMessage(damaged + "unknown key \"widths\"; sort again");
  }

  @Test
  void widthsOfAnotherModelAreRefused() throws IOException {
    DecoderSpec spec = spec("llamaGrouped");
    BlockWidths attention = kept(Coupling.QUERY_KEY, List.of(2), Coupling.VALUE_OUTPUT, 5);
    BlockWidths mlp = new BlockWidths(Map.of(Coupling.MLP, List.of(26)));
    Map<Integer, BlockWidths> good = Map.of(0, attention, 1, mlp, 2, attention, 3, mlp);
    assertThat(new GramianMetadata(Map.of(), Map.of(), good).applyTo(spec)).isNotEqualTo(spec);

    assertMisfit(spec, with(good, 4, mlp), "widths of block 4, but the model has blocks 0..3");
    Map<Integer, BlockWidths> missing = new HashMap<>(good);
    missing.remove(2);
    assertMisfit(spec, missing, "no widths of block 2, although others have them");
    assertMisfit(
        spec, with(good, 1, attention), "a width of query-key for block 1, but that is mlp");
    assertMisfit(
        spec,
        with(good, 0, new BlockWidths(Map.of(Coupling.QUERY_KEY, List.of(2)))),
        "no width of value-output for block 0");
    assertMisfit(
        spec,
        with(good, 0, kept(Coupling.QUERY_KEY, List.of(2, 1), Coupling.VALUE_OUTPUT, 5)),
        "block 0 has 2 widths of query-key, but the model has 1 kinds of them");
    assertMisfit(
        spec,
        with(good, 3, new BlockWidths(Map.of(Coupling.MLP, List.of(53)))),
        "block 3 keeps 53 of mlp, but it must keep 1 to 52");
    assertMisfit(
        spec,
        with(good, 2, kept(Coupling.QUERY_KEY, List.of(0), Coupling.VALUE_OUTPUT, 5)),
        "block 2 keeps 0 of query-key, but it must keep 1 to 3");
  }

  @Test
  void pairOrdersMustFitTheWidths() throws IOException {
    DecoderSpec spec = spec("llamaGrouped");
    Map<Integer, BlockWidths> widths = uniform(spec, 0.5);
    List<List<Integer>> whole = List.of(List.of(2, 1, 0), List.of(0, 1, 2));
    assertThatThrownBy(
            () -> new GramianMetadata(Map.of(), Map.of(0, whole, 2, whole), widths).applyTo(spec))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("the pair order of block 0, KV head 0 has 3 entries for 2 units");
  }

  /** A tensor that is as wide as the config says, in a folder that says it was cut. */
  @Test
  void aTensorOfAnotherWidthIsRefusedWithBoth() throws IOException {
    RandomCheckpoint.of(RandomConfigs.llamaGrouped(), 1).write(LocalDirectory.of(folder));
    DecoderSpec spec = spec("llamaGrouped");
    GramianMetadata sliced =
        new GramianMetadata(Map.of(), Map.of()).sliced(spec, uniform(spec, 0.5));
    Files.write(folder.resolve(GramianMetadata.FILE), sliced.toJson());
    try (ModelCheckpoint model = ModelCheckpoint.open(LocalDirectory.of(folder))) {
      assertThatThrownBy(model::validate)
          .isInstanceOf(UserException.class)
          .hasMessageContaining("'model.layers.0.self_attn.q_proj.weight'")
          .hasMessageContaining("[48, 48]")
          .hasMessageContaining("[32, 48]");
    }
  }

  private static Map<Integer, BlockWidths> with(
      Map<Integer, BlockWidths> widths, int block, BlockWidths other) {
    Map<Integer, BlockWidths> changed = new HashMap<>(widths);
    changed.put(block, other);
    return changed;
  }

  private static BlockWidths kept(Coupling one, List<Integer> first, Coupling two, int second) {
    return new BlockWidths(Map.of(one, first, two, List.of(second)));
  }

  private static void assertMisfit(
      DecoderSpec spec, Map<Integer, BlockWidths> widths, String message) {
    assertThatThrownBy(() -> new GramianMetadata(Map.of(), Map.of(), widths).applyTo(spec))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "gramian.json does not fit the model: "
                + message
                + "; it belongs to another checkpoint or is damaged: sort again");
  }

  private AbstractThrowableAssert<?, ? extends Throwable> assertUnreadable(String json)
      throws IOException {
    Files.writeString(folder.resolve(GramianMetadata.FILE), json);
    return assertThatThrownBy(() -> GramianMetadata.read(LocalDirectory.of(folder)))
        .isInstanceOf(UserException.class);
  }

  private static String text(GramianMetadata metadata) {
    return new String(metadata.toJson(), StandardCharsets.UTF_8);
  }

  private DecoderSpec spec(String config) throws IOException {
    Path model = folder.resolve("model");
    RandomCheckpoint.of(RandomConfigs.all().get(config), 1).write(LocalDirectory.of(model));
    try (ModelCheckpoint checkpoint = ModelCheckpoint.open(LocalDirectory.of(model))) {
      return checkpoint.spec();
    }
  }

  private static Map<Integer, BlockWidths> uniform(DecoderSpec spec, double ratio) {
    Map<Integer, BlockWidths> widths = new HashMap<>();
    spec.blocks()
        .forEach(
            b -> widths.put(b.blockIndex(), BlockWidths.uniform(b, new KeepRatio(ratio), FINE)));
    return widths;
  }

  private static Map<Integer, List<List<Integer>>> orders(DecoderSpec spec) {
    Map<Integer, List<List<Integer>>> orders = new HashMap<>();
    for (ResidualBlock block : spec.blocks()) {
      if (block.mixer() instanceof Attention attention && attention.rotary().isPresent()) {
        int pairs = attention.rope().pairs();
        List<Integer> reversed =
            java.util.stream.IntStream.range(0, pairs).mapToObj(i -> pairs - 1 - i).toList();
        orders.put(
            block.blockIndex(),
            java.util.Collections.nCopies(attention.layout().kvHeads(), reversed));
      }
    }
    return orders;
  }
}
