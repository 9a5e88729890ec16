package io.gramian.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.gramian.checkpoint.LocalDirectory;
import io.gramian.compress.TestData;
import io.gramian.compress.quantize.ArtifactFolder;
import io.gramian.compress.tensor.NativeRuntime;
import io.gramian.edge.EdgeModel;
import io.gramian.edge.EdgeSession;
import io.gramian.edge.EdgeSettings;
import io.gramian.edge.SessionSettings;
import io.gramian.edge.generate.Generation;
import io.gramian.edge.generate.Generator;
import io.gramian.edge.generate.GeneratorSettings;
import io.gramian.edge.generate.MemoryLevel;
import io.gramian.edge.generate.MemoryPressurePolicy;
import io.gramian.edge.kernel.Kernels;
import io.gramian.edge.tokenizer.Tokenizer;
import io.gramian.model.DeviceProfile;
import io.gramian.model.Granularity;
import io.gramian.model.KeepRatio;
import io.gramian.model.store.ModelCheckpoint;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code generate} and {@code profile} of an artifact, whose width may change on the way. */
class DeviceVerbsIT {

  private static final long SEED = 5;
  private static final KeepRatio NARROW = new KeepRatio(0.65);
  private static final Path DENSE = TestData.folder("llama-tiny");

  @TempDir private static Path scratch;

  private static Path artifact;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeAll
  static void write() throws IOException {
    NativeRuntime.load();
    artifact = scratch.resolve("quantized");
    DeviceProfile profile = new DeviceProfile("small", new Granularity(64, 8, 8, 2), 128);
    try (ModelCheckpoint model = TestData.model("llama-tiny")) {
      new ArtifactFolder(profile, SEED).write(model, artifact);
    }
    Files.copy(DENSE.resolve("tokenizer.json"), artifact.resolve("tokenizer.json"));
  }

  private int run(String... arguments) {
    return Main.run(arguments, new PrintWriter(out), new PrintWriter(err));
  }

  @Test
  void generatesAtOneWidth() {
    String[] line = {
      "generate", "--model=" + artifact, "--prompt=And the king", "--max-tokens=9", "--keep=0.65"
    };
    assertThat(run(line)).as(err.toString()).isZero();
    assertThat(out.toString()).isNotBlank();
    assertThat(err.toString()).contains("9 tokens (limit)", "width 0.65;").hasLineCount(1);
  }

  /** No machine has a hundred million gigabytes left. */
  @Test
  void narrowsWhereMemoryIsShort() {
    String[] line = {
      "generate",
      "--model=" + artifact,
      "--prompt=And the king",
      "--max-tokens=9",
      "--widths=1.0,0.85,0.65",
      "--memory-floor=100000000g"
    };
    assertThat(run(line)).as(err.toString()).isZero();
    assertThat(err.toString()).contains("9 tokens (limit)", "width 0.65;");
  }

  /** The text goes on as a session that is narrowed and widened by hand makes it. */
  @Test
  void memoryDecidesBetweenTwoTokens() throws IOException {
    List<Long> memory = new ArrayList<>(List.of(9L, 1L, 9L, 9L, 9L));
    List<MemoryLevel> levels =
        List.of(new MemoryLevel(KeepRatio.FULL, 5, 5), MemoryLevel.of(NARROW, 0));
    GeneratorSettings settings =
        GeneratorSettings.greedy(6)
            .widths(new MemoryPressurePolicy(levels, 2, () -> memory.remove(0)));
    try (EdgeModel model =
        EdgeModel.open(LocalDirectory.of(artifact), new EdgeSettings(1, Kernels.best()))) {
      Tokenizer tokenizer = Tokenizer.read(LocalDirectory.of(artifact));
      int[] prompt = tokenizer.encode("And the king said unto");
      EdgeSession session = model.session(SessionSettings.of(32));
      Generation generation =
          new Generator(session, tokenizer, settings).generate(prompt, piece -> {});

      assertThat(memory).isEmpty();
      assertThat(session.keepRatio()).isEqualTo(KeepRatio.FULL);
      assertThat(generation.ids()).isEqualTo(byHand(model.session(SessionSettings.of(32)), prompt));
    }
  }

  private static List<Integer> byHand(EdgeSession session, int[] prompt) {
    List<KeepRatio> widths =
        List.of(KeepRatio.FULL, NARROW, NARROW, KeepRatio.FULL, KeepRatio.FULL);
    List<Integer> ids = new ArrayList<>(List.of(likeliest(session.append(prompt))));
    for (KeepRatio width : widths) {
      session.setKeepRatio(width);
      ids.add(likeliest(session.append(ids.get(ids.size() - 1))));
    }
    return ids;
  }

  private static int likeliest(float[] logits) {
    int best = 0;
    for (int id = 1; id < logits.length; id++) {
      best = logits[id] > logits[best] ? id : best;
    }
    return best;
  }

  @Test
  void profilesEveryWidthAgainstTheCheckpoint() {
    String[] line = {
      "profile",
      "--model=" + artifact,
      "--dense=" + DENSE,
      "--prompt-tokens=8",
      "--tokens=4",
      "--warm-up=0"
    };
    assertThat(run(line)).as(err.toString()).isZero();
    assertThat(out.toString().lines().map(text -> text.replaceAll(" +", " ")))
        .anyMatch(text -> text.matches("dense 1\\.00 .* 1\\.00x"))
        .anyMatch(text -> text.matches("4 bits 1\\.00 .*x"))
        .anyMatch(text -> text.matches("4 bits 0\\.85 .*x"))
        .anyMatch(text -> text.matches("4 bits 0\\.65 .*x"));
    assertThat(run("profile", "--model=" + DENSE, "--dense=" + artifact)).isEqualTo(2);
    assertThat(err)
        .hasToString(
            "gramian: --dense "
                + artifact
                + " is a packed artifact: give the checkpoint that it was made of\n");
  }
}
