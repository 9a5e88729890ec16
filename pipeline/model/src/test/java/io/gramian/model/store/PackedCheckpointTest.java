package io.gramian.model.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gramian.checkpoint.LocalDirectory;
import io.gramian.checkpoint.UserException;
import io.gramian.model.BlockWidths;
import io.gramian.model.KeepRatio;
import io.gramian.model.fixture.RandomArtifact;
import io.gramian.model.fixture.RandomCheckpoint;
import io.gramian.model.fixture.RandomConfigs;
import io.gramian.model.packed.PackedBlock;
import io.gramian.model.packed.PackedDecoder;
import io.gramian.model.packed.PackedLayout;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An artifact on disk: read at any width, and refused where it is damaged. */
class PackedCheckpointTest {

  private static final long SEED = 17;

  @TempDir private Path folder;

  static List<String> configs() {
    return List.copyOf(RandomConfigs.all().keySet());
  }

  private RandomArtifact write(String config) throws IOException {
    RandomArtifact artifact = new RandomArtifact(RandomConfigs.all().get(config), SEED);
    artifact.write(LocalDirectory.of(folder));
    return artifact;
  }

  private PackedCheckpoint open() throws IOException {
    return PackedCheckpoint.open(LocalDirectory.of(folder));
  }

  @ParameterizedTest
  @MethodSource("configs")
  void saysWhatWasWritten(String config) throws IOException {
    RandomArtifact written = write(config);
    try (PackedCheckpoint artifact = open()) {
      artifact.validate();
      assertThat(artifact.decoder()).isEqualTo(written.decoder());
      assertThat(artifact.dense()).isEqualTo(written.spec());
      assertThat(artifact.quantisation()).isEqualTo(written.quantisation());
      assertThat(artifact.metadata().toJson()).isEqualTo(written.metadata().toJson());
    }
    assertThat(PackedCheckpoint.isAt(LocalDirectory.of(folder))).isTrue();
  }

  /** The widths that it was made for are smaller, and describe themselves when they are cut out. */
  @ParameterizedTest
  @MethodSource("configs")
  void givesTheWidthsItWasMadeFor(String config) throws IOException {
    write(config);
    try (PackedCheckpoint artifact = open()) {
      Map<Integer, BlockWidths> widths =
          artifact.quantisation().widthsAt(new KeepRatio(0.5)).orElseThrow();
      PackedDecoder narrow = artifact.decoder().at(widths);
      assertThat(narrow.bytes()).isLessThan(artifact.decoder().bytes());
      for (PackedLayout layout : artifact.decoder().blocks()) {
        int block = layout.block().blockIndex();
        PackedBlock cut = PackedBlock.read(layout, artifact.checkpoint()).at(widths.get(block));
        assertThat(cut.layout()).isEqualTo(narrow.blocks().get(block));
      }
      GramianMetadata sliced =
          artifact
              .metadata()
              .sliced(artifact.decoder().spec(), widths)
              .packed(artifact.quantisation().cutTo(narrow));
      Files.write(folder.resolve(GramianMetadata.FILE), sliced.toJson());
    }
    try (PackedCheckpoint cut = open()) {
      assertThat(cut.quantisation().widthsAt(new KeepRatio(0.5))).isEmpty();
      assertThat(cut.metadata().widths()).hasSameSizeAs(cut.decoder().blocks());
      assertThatThrownBy(cut::validate).isInstanceOf(UserException.class);
    }
  }

  @Test
  void aCheckpointIsNoArtifactAndAnArtifactNoCheckpoint() throws IOException {
    RandomCheckpoint.of(RandomConfigs.llamaTied(), 1).write(LocalDirectory.of(folder));
    assertThat(PackedCheckpoint.isAt(LocalDirectory.of(folder))).isFalse();
    assertThatThrownBy(this::open)
        .isInstanceOf(UserException.class)
        .hasMessage(
            folder
                + " is no packed artifact (gramian.json tells of no quantisation): give a folder"
                + " that gramian quantize wrote");
    write("llamaTied");
    try (ModelCheckpoint model = ModelCheckpoint.open(LocalDirectory.of(folder))) {
      assertThatThrownBy(model::validate)
          .isInstanceOf(UserException.class)
          .hasMessage(
              folder
                  + " is a packed artifact of 4-bit weights, which can be evaluated and sliced; give"
                  + " the checkpoint before quantisation");
    }
  }

  @Test
  void aTensorOfAnotherTypeIsRefused() throws IOException {
    write("llamaTied");
    Path file = folder.resolve("model.safetensors");
    String bytes = Files.readString(file, StandardCharsets.ISO_8859_1);
    String tensor = "\"model.norm.weight\":{\"dtype\":\"F32\",\"shape\":[40]";
    assertThat(bytes).contains(tensor);
    String other = tensor.replace("F32\",\"shape\":[40]", "I32\",\"shape\":[40]");
    Files.writeString(file, bytes.replace(tensor, other), StandardCharsets.ISO_8859_1);
    try (PackedCheckpoint artifact = open()) {
      assertThatThrownBy(artifact::validate)
          .isInstanceOf(UserException.class)
          .hasMessage(
              folder
                  + ": tensor 'model.norm.weight' is I32 instead of F32: the file is no packed"
                  + " artifact; quantize again");
    }
  }

  @Test
  void runsOfAnotherModelAreRefused() throws IOException {
    write("llamaTied");
    assertOpening(
            text ->
                text.replaceFirst(
                    "down_proj.weight\" : \\[ 52 \\]", "down_proj.weight\" : [ 26, 26 ]"))
        .hasMessage(
            folder
                + "/gramian.json does not fit the model: the columns of"
                + " model.layers.0.mlp.down_proj.weight are runs of [26, 26] in it and of [52] in the"
                + " model; it belongs to another artifact or is damaged: quantize again");
  }

  @Test
  void aDamagedDescriptionIsRefused() throws IOException {
    write("llamaTied");
    String damaged = folder + "/gramian.json is damaged: ";
    assertOpening(text -> text.replace("\"bits\" : 4", "\"bits\" : 3"))
        .hasMessage(
            damaged + "3 bits, zero stored as 8, first column in the low nibble; quantize again");
    assertOpening(text -> text.replace("\"rounding\"", "\"rouding\""))
        .hasMessage(damaged + "unknown key \"rouding\"; quantize again");
    assertOpening(text -> text.replace("\"group\" : 8", "\"group\" : 0"))
        .hasMessage(damaged + "quantisation-group is 0: it must be at least 1; quantize again");
    assertOpening(text -> text.replace("\"keep_ratio\" : 0.5", "\"keep_ratio\" : 1.5"))
        .hasMessage(
            damaged + "keep ratio 1.5 is outside (0, 1]: give for example 0.85; quantize again");
    assertOpening(text -> text.replace("\"damping\" : 0.1", "\"damping\" : \"much\""))
        .hasMessage(damaged + "it lacks a number damping; quantize again");
    assertOpening(text -> text.replace("[ 3, 7 ]", "[ 3, 7.5 ]"))
        .hasMessage(damaged + "dead_channels holds 7.5, which is no whole number; quantize again");
    assertOpening(text -> text.replace("\"quantisation\"", "\"quantization\""))
        .hasMessage(damaged + "unknown key \"quantization\"; sort again");
    assertOpening(text -> text.replace("\"source\" : \"sorted\"", "\"source\" : 1"))
        .hasMessage(damaged + "it lacks a text source; quantize again");
  }

  private AbstractThrowableAssert<?, ?> assertOpening(UnaryOperator<String> edit)
      throws IOException {
    Path file = folder.resolve(GramianMetadata.FILE);
    String text = Files.readString(file);
    String edited = edit.apply(text);
    assertThat(edited).isNotEqualTo(text);
    Files.writeString(file, edited);
    AbstractThrowableAssert<?, ?> failure =
        assertThatThrownBy(this::open).isInstanceOf(UserException.class);
    Files.writeString(file, text);
    return failure;
  }
}
