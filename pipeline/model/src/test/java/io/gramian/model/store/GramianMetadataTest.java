package io.gramian.model.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gramian.checkpoint.LocalDirectory;
import io.gramian.checkpoint.UserException;
import io.gramian.model.Activation;
import io.gramian.model.Attention;
import io.gramian.model.Coupling;
import io.gramian.model.DecoderSpec;
import io.gramian.model.HeadLayout;
import io.gramian.model.LinearSpec;
import io.gramian.model.Mlp;
import io.gramian.model.NormSpec;
import io.gramian.model.ResidualBlock;
import io.gramian.model.Rope;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GramianMetadataTest {

  private static final GramianMetadata METADATA =
      new GramianMetadata(
          Map.of(Coupling.QUERY_KEY, "norm", Coupling.MLP, "output-error"),
          Map.of(
              2, List.of(List.of(1, 0), List.of(0, 1)), 0, List.of(List.of(0, 1), List.of(1, 0))));

  private static final String JSON =
      """
      {
        "format_version" : 1,
        "criteria" : {
          "mlp" : "output-error",
          "query-key" : "norm"
        },
        "rope_pair_orders" : [ {
          "block_index" : 0,
          "kv_heads" : [ [ 0, 1 ], [ 1, 0 ] ]
        }, {
          "block_index" : 2,
          "kv_heads" : [ [ 1, 0 ], [ 0, 1 ] ]
        } ]
      }
      """;

  @TempDir private Path folder;

  @Test
  void readsTheCriteriaOfEveryCoupling() throws IOException {
    Map<Coupling, String> criteria = new LinkedHashMap<>();
    for (Coupling coupling : Coupling.values()) {
      criteria.put(coupling, coupling.label() + "-criterion");
    }
    GramianMetadata metadata = new GramianMetadata(criteria, Map.of());
    Files.write(folder.resolve(GramianMetadata.FILE), metadata.toJson());

    assertThat(GramianMetadata.read(LocalDirectory.of(folder))).contains(metadata);
    assertThat(new String(metadata.toJson(), StandardCharsets.UTF_8))
        .contains("\"b-c\" : \"b-c-criterion\"", "\"z-x-out\" : \"z-x-out-criterion\"");
  }

  @Test
  void writesTheSameBytesForTheSameContent() {
    Map<Integer, List<List<Integer>>> otherWay = new LinkedHashMap<>();
    otherWay.put(0, METADATA.pairOrders().get(0));
    otherWay.put(2, METADATA.pairOrders().get(2));

    assertThat(new String(METADATA.toJson(), StandardCharsets.UTF_8)).isEqualTo(JSON);
    assertThat(new GramianMetadata(METADATA.criteria(), otherWay).toJson())
        .isEqualTo(METADATA.toJson());
  }

  @Test
  void readsWhatItWrote() throws IOException {
    Files.write(folder.resolve("gramian.json"), METADATA.toJson());

    assertThat(GramianMetadata.read(LocalDirectory.of(folder))).contains(METADATA);
  }

  @Test
  void aFolderWithoutTheFileHasNone() throws IOException {
    assertThat(GramianMetadata.read(LocalDirectory.of(folder))).isEmpty();
  }

  @Test
  void aNewerFormatIsRefused() throws IOException {
    assertUnreadable(JSON.replace("\"format_version\" : 1", "\"format_version\" : 4"))
        .hasMessage(
            folder
                + "/gramian.json has format version 4, but this Gramian reads up to 3: use a newer"
                + " Gramian");
  }

  @Test
  void aDamagedFileIsRefused() throws IOException {
    String damaged = folder + "/gramian.json is damaged: ";

    assertUnreadable(JSON.substring(0, 40)).hasMessageStartingWith(damaged + "no valid JSON: ");
    assertUnreadable("").hasMessage(damaged + "it lacks a whole number format_version; sort again");
    assertUnreadable("[]")
        .hasMessage(damaged + "it lacks a whole number format_version; sort again");
    assertUnreadable(JSON.replace("\"format_version\" : 1", "\"format_version\" : 0"))
        .hasMessage(damaged + "format_version is 0; sort again");
    assertUnreadable(JSON.replace("criteria", "critera"))
        .hasMessage(damaged + "unknown key \"critera\"; sort again");
    assertUnreadable(JSON.replace("\"norm\"", "7"))
        .hasMessage(damaged + "the criterion of query-key is no text; sort again");
    assertUnreadable(JSON.replace("query-key", "key-query"))
        .hasMessage(damaged + "unknown coupling \"key-query\"; sort again");
    assertUnreadable(JSON.replace("[ [ 1, 0 ], [ 0, 1 ] ]", "7"))
        .hasMessage(damaged + "it lacks an array kv_heads; sort again");
    assertUnreadable(JSON.replace("[ [ 1, 0 ], [ 0, 1 ] ]", "[ [ 1, 0.5 ], [ 0, 1 ] ]"))
        .hasMessage(damaged + "a pair order holds 0.5, which is no whole number; sort again");
    assertUnreadable(JSON.replace("\"block_index\" : 2", "\"block_index\" : 0"))
        .hasMessage(damaged + "two entries for block 0 in rope_pair_orders; sort again");
    assertUnreadable(JSON.replace("\"query-key\"", "\"mlp\""))
        .hasMessageStartingWith(damaged + "no valid JSON: Duplicate field 'mlp'");
    assertUnreadable(JSON + "{}").hasMessageStartingWith(damaged + "no valid JSON: ");
  }

  @Test
  void setsThePairOrdersOfEveryAttention() {
    DecoderSpec applied = METADATA.applyTo(decoder());

    assertThat(orders(applied.blocks().get(0))).isEqualTo(METADATA.pairOrders().get(0));
    assertThat(orders(applied.blocks().get(2))).isEqualTo(METADATA.pairOrders().get(2));
    assertThat(applied.blocks().get(1)).isEqualTo(decoder().blocks().get(1));
    assertThat(applied.tensors()).isEqualTo(decoder().tensors());
  }

  @Test
  void withoutPairOrdersNothingChanges() {
    GramianMetadata mlpOnly = new GramianMetadata(Map.of(Coupling.MLP, "energy"), Map.of());

    assertThat(mlpOnly.applyTo(decoder())).isEqualTo(decoder());
  }

  @Test
  void ordersOfAnotherModelAreRefused() {
    List<List<Integer>> good = List.of(List.of(1, 0), List.of(0, 1));

    assertMisfit(Map.of(0, good))
        .hasMessageContaining("no pair order for block 2, although others have one");
    assertMisfit(Map.of(0, good, 1, good, 2, good))
        .hasMessageContaining(
            "a pair order for block 1, but that is no attention with rotary embedding");
    assertMisfit(Map.of(0, good, 2, good, 4, good))
        .hasMessageContaining("a pair order for block 4, but the model has blocks 0..2");
    assertMisfit(Map.of(0, good, 2, List.of(List.of(1, 0))))
        .hasMessageContaining("block 2 has pair orders of 1 KV heads, but the model has 2");
    assertMisfit(Map.of(0, good, 2, List.of(List.of(1, 0), List.of(0, 1, 2))))
        .hasMessageContaining("the pair order of block 2, KV head 1 has 3 entries for 2 units");
    assertMisfit(Map.of(0, good, 2, List.of(List.of(1, 0), List.of(1, 1))))
        .hasMessage(
            "gramian.json does not fit the model: the pair order of block 2, KV head 1 lists unit 1"
                + " twice; it belongs to another checkpoint or is damaged: sort again");
  }

  private AbstractThrowableAssert<?, ? extends Throwable> assertUnreadable(String json)
      throws IOException {
    Files.writeString(folder.resolve("gramian.json"), json);
    return assertThatThrownBy(() -> GramianMetadata.read(LocalDirectory.of(folder)))
        .isInstanceOf(UserException.class);
  }

  private static AbstractThrowableAssert<?, ? extends Throwable> assertMisfit(
      Map<Integer, List<List<Integer>>> orders) {
    GramianMetadata metadata = new GramianMetadata(Map.of(), orders);
    return assertThatThrownBy(() -> metadata.applyTo(decoder()))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("gramian.json does not fit the model: ");
  }

  private static List<List<Integer>> orders(ResidualBlock block) {
    return ((Attention) block.mixer()).rotary().orElseThrow().pairOrders();
  }

  /** Attention, MLP, attention: 2 query heads on 2 KV heads of 4 channels, 2 pairs. */
  private static DecoderSpec decoder() {
    NormSpec norm = new NormSpec("norm", 8, 1e-5);
    LinearSpec square = new LinearSpec("square", null, 8, 8);
    Rope rope = new Rope(4, List.of(1.0, 0.1), 1.0, List.of());
    Attention attention =
        new Attention(square, square, square, square, new HeadLayout(2, 2, 4), rope);
    Mlp mlp = new Mlp(square, square, square, Activation.SILU);
    List<ResidualBlock> blocks =
        List.of(
            new ResidualBlock(0, 0, norm, attention),
            new ResidualBlock(1, 0, norm, mlp),
            new ResidualBlock(2, 1, norm, attention));
    return new DecoderSpec("test", 8, 11, "embedding", blocks, norm, "head");
  }
}
