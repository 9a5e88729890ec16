package io.gramian.model.allocation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gramian.checkpoint.LocalDirectory;
import io.gramian.checkpoint.UserException;
import io.gramian.model.Coupling;
import io.gramian.model.DecoderSpec;
import io.gramian.model.DeviceProfile;
import io.gramian.model.Granularity;
import io.gramian.model.KeepRatio;
import io.gramian.model.Unit;
import io.gramian.model.family.Families;
import io.gramian.model.fixture.RandomCheckpoint;
import io.gramian.model.fixture.RandomConfigs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class AllocationTest {

  private static final DeviceProfile PROFILE =
      new DeviceProfile("test", new Granularity(4, 2, 2, 2), 32);

  private static final Allocation SMALL =
      new Allocation(
          new KeepRatio(0.85),
          0.84375,
          AllocationRule.DEFAULT,
          PROFILE,
          List.of(
              new BlockAllocation(
                  0,
                  0,
                  "attention",
                  0.25,
                  new KeepRatio(0.875),
                  Map.of(
                      Coupling.VALUE_OUTPUT,
                      List.of(new SegmentWidth(Unit.ROTATED_CHANNEL, 10, 12)),
                      Coupling.QUERY_KEY,
                      List.of(
                          new SegmentWidth(Unit.ROPE_PAIR, 3, 3),
                          new SegmentWidth(Unit.CHANNEL, 5, 6))))));

  private static final String JSON =
      """
      {
        "format_version" : 1,
        "keep_ratio" : 0.85,
        "achieved_ratio" : 0.84375,
        "per" : "layer",
        "epsilon" : 0.1,
        "cap" : 0.85,
        "profile" : {
          "name" : "test",
          "mlp" : 4,
          "heads" : 2,
          "states" : 2,
          "ssm_heads" : 2,
          "quantisation_group" : 32
        },
        "blocks" : [ {
          "block_index" : 0,
          "layer_index" : 0,
          "mixer" : "attention",
          "influence" : 0.25,
          "keep_ratio" : 0.875,
          "widths" : {
            "query-key" : [ {
              "unit" : "rope-pair",
              "kept" : 3,
              "of" : 3
            }, {
              "unit" : "channel",
              "kept" : 5,
              "of" : 6
            } ],
            "value-output" : [ {
              "unit" : "rotated-channel",
              "kept" : 10,
              "of" : 12
            } ]
          }
        } ]
      }
      """;

  @TempDir private Path folder;

  static Set<String> fixtures() {
    return RandomConfigs.all().keySet();
  }

  @Test
  void writesThisFile() throws IOException {
    assertThat(SMALL.write(LocalDirectory.of(folder))).isEqualTo("keep-0.85.json");
    assertThat(folder.resolve("keep-0.85.json"))
        .hasContent(JSON)
        .hasBinaryContent(JSON.getBytes(StandardCharsets.UTF_8));
    assertThat(Allocation.read(LocalDirectory.of(folder), "keep-0.85.json")).isEqualTo(SMALL);
  }

  @ParameterizedTest
  @CsvSource({
    "0.85, keep-0.85.json",
    "0.7, keep-0.70.json",
    "1, keep-1.00.json",
    "0.8125, keep-0.8125.json",
    "1e-5, keep-0.00001.json"
  })
  void filesAreNamedByTheirRatio(double ratio, String file) {
    assertThat(Allocation.fileName(new KeepRatio(ratio))).isEqualTo(file);
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void everyFamilyComesBackFromItsFile(String fixture) throws IOException {
    DecoderSpec spec = describe(fixture);
    Random random = new Random(5);
    List<Double> influences = spec.blocks().stream().map(b -> random.nextDouble()).toList();
    Allocation allocation =
        new RatioAllocation(spec, influences, AllocationRule.DEFAULT, PROFILE)
            .at(new KeepRatio(0.7));
    String file = allocation.write(LocalDirectory.of(folder));
    Allocation read = Allocation.read(LocalDirectory.of(folder), file);
    assertThat(read).isEqualTo(allocation);
    assertThat(read.widths(spec)).isEqualTo(allocation.widths(spec)).hasSameSizeAs(spec.blocks());
  }

  @Test
  void damagedFilesAreNamedWithTheDefect() throws IOException {
    assertDamaged("{\"format_version\" : 1", "no valid JSON: ");
    assertDamaged(
        JSON.replace("\"format_version\" : 1", "\"format_version\" : 0"), "format_version is 0");
    assertDamaged(
        JSON.replace("\"cap\" : 0.85", "\"cap\" : 1"), "cap 1.0 of the allocation must be");
    assertDamaged(JSON.replace("\"cap\" : 0.85,", ""), "it lacks a number cap");
    assertDamaged(JSON.replace("layer\"", "head\""), "per is \"head\"");
    assertDamaged(JSON.replace("\"kept\" : 5", "\"kept\" : 7"), "7 of 6 units");
    assertDamaged(JSON.replace("\"kept\" : 5", "\"kept\" : 5.5"), "it lacks a whole number kept");
    assertDamaged(JSON.replace("\"kept\" : 5", "\"kept\" : -5"), "kept is -5");
    assertDamaged(JSON.replace("rope-pair", "rope"), "unknown unit \"rope\"");
    assertDamaged(JSON.replace("query-key", "key"), "unknown coupling \"key\"");
    assertDamaged(JSON.replace("\"heads\" : 2", "\"heads\" : 3"), "granularity.heads is 3");
    assertDamaged(
        JSON.replace("block_index\" : 0", "block_index\" : 3"), "block 3 stands at position 0");
    assertDamaged(
        JSON.replace("\"keep_ratio\" : 0.875", "\"keep_ratio\" : 2"), "keep ratio 2.0 is outside");
  }

  /** A name that nobody reads is a mistake, most likely one letter from a name that is read. */
  @Test
  void unknownKeysAreRefusedAtEveryLevel() throws IOException {
    assertUnknown("\"keep_ratio\" : 0.85", "target");
    assertUnknown("\"heads\" : 2", "columns");
    assertUnknown("\"mixer\" : \"attention\"", "kind");
    assertUnknown("\"kept\" : 5", "cut");
  }

  private void assertUnknown(String field, String key) throws IOException {
    assertRefused(JSON.replace(field, field + ", \"" + key + "\" : 1"))
        .hasMessage(
            folder + "/file.json is damaged: unknown key \"" + key + "\"; run allocate again");
  }

  private void assertDamaged(String json, String defect) throws IOException {
    assertRefused(json).hasMessageStartingWith(folder + "/file.json is damaged: " + defect);
  }

  @Test
  void otherFilesAreRefused() throws IOException {
    assertRefused("{}")
        .hasMessage(
            folder
                + "/file.json is no allocation (it lacks format_version): give a file that"
                + " allocate wrote");
    assertRefused("[]").hasMessageContaining("is no allocation");
    assertRefused("").hasMessageContaining("is no allocation");
    assertRefused(JSON.replace("\"format_version\" : 1", "\"format_version\" : 2"))
        .hasMessage(
            folder
                + "/file.json has format version 2, but this Gramian reads up to 1: use a newer"
                + " Gramian");
    assertThatThrownBy(() -> Allocation.read(LocalDirectory.of(folder), "none.json"))
        .isInstanceOf(UserException.class)
        .hasMessage(folder + "/none.json is not there: run allocate with that --keep");
  }

  private AbstractThrowableAssert<?, ? extends Throwable> assertRefused(String json)
      throws IOException {
    Files.writeString(folder.resolve("file.json"), json);
    return assertThatThrownBy(() -> Allocation.read(LocalDirectory.of(folder), "file.json"))
        .isInstanceOf(UserException.class);
  }

  @Test
  void anotherModelsSizesAreToldWithBoth() {
    DecoderSpec grouped = describe("llamaGrouped");
    Allocation allocation = full(grouped);
    assertForeign(allocation, describe("llamaMultiQuery"))
        .hasMessage(
            "keep-1.00.json does not fit the model: it is for 4 blocks, the model has 6; run"
                + " allocate on this model");
    assertForeign(allocation, describe("llamaTied"))
        .hasMessage(
            "keep-1.00.json does not fit the model: block 0 has query-key 3 rope-pairs,"
                + " value-output 6 rotated-channels in it and query-key 5 rope-pairs, value-output"
                + " 10 rotated-channels in the model; run allocate on this model");
    DecoderSpec swapped = grouped.withBlocks(grouped.blocks());
    Allocation other =
        new Allocation(
            allocation.keepRatio(),
            1,
            allocation.rule(),
            PROFILE,
            List.of(
                allocation.blocks().get(1),
                allocation.blocks().get(0),
                allocation.blocks().get(3),
                allocation.blocks().get(2)));
    assertForeign(other, swapped)
        .hasMessageContaining("block 0 is mlp in it and attention in the model");
  }

  private static Allocation full(DecoderSpec spec) {
    List<Double> influences = spec.blocks().stream().map(b -> 0.5).toList();
    return new RatioAllocation(spec, influences, AllocationRule.DEFAULT, PROFILE)
        .at(KeepRatio.FULL);
  }

  private static AbstractThrowableAssert<?, ? extends Throwable> assertForeign(
      Allocation allocation, DecoderSpec spec) {
    return assertThatThrownBy(() -> allocation.widths(spec)).isInstanceOf(UserException.class);
  }

  private static DecoderSpec describe(String fixture) {
    return Families.describe(RandomCheckpoint.hfConfig(RandomConfigs.all().get(fixture)));
  }
}
