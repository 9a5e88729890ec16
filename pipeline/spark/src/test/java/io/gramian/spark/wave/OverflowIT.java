package io.gramian.spark.wave;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gramian.checkpoint.UserException;
import io.gramian.model.store.ModelCheckpoint;
import io.gramian.spark.calibrate.Calibrate;
import io.gramian.spark.calibrate.Statistics;
import io.gramian.spark.evaluate.Evaluate;
import io.gramian.spark.evaluate.Stage;
import io.gramian.spark.progress.ProgressListener;
import io.gramian.spark.session.TestSession;
import io.gramian.spark.storage.HadoopDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Numbers that cannot be summed reach the user as one line that says where they were. */
class OverflowIT {

  private static final String DIAGNOSIS = "the checkpoint is damaged or its training diverged";

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "model.layers.1.self_attn.v_proj.weight, 1e30, block 2 (layer 1): the value activations",
    "model.layers.0.mlp.up_proj.weight, 1e38, block 1 (layer 0): the down-input activations",
    "model.layers.1.mlp.down_proj.weight, 1e38, block 3 (layer 1): the block-influence activations",
  })
  void anActivationIsNamedByBlockAndSite(String tensor, float factor, String where)
      throws IOException {
    EditedCheckpoint.scaled(folder.resolve("model"), "llamaGrouped", tensor, factor);
    assertThatThrownBy(() -> calibrate(97))
        .isInstanceOf(UserException.class)
        .message()
        .startsWith(where + " overflow (a term of ")
        .contains(" cannot be summed")
        .endsWith("): " + DIAGNOSIS);
  }

  @Test
  void logitsThatOverflowAreNamed() throws IOException {
    EditedCheckpoint.scaled(folder.resolve("model"), "llamaGrouped", "lm_head.weight", 1e38f);
    assertThatThrownBy(
            () ->
                new Evaluate(
                        TestSession.context(), ProgressListener.SILENT, WaveLimits.ofWeights(1))
                    .run(Stage.whole("model", model()), shards(97)))
        .isInstanceOf(UserException.class)
        .message()
        .startsWith("the logits overflow (a term of ")
        .endsWith("): " + DIAGNOSIS);
  }

  @Test
  void tokensBeyondTheVocabularyAreRefusedBeforeThePass() throws IOException {
    EditedCheckpoint.scaled(folder.resolve("model"), "llamaGrouped", "", 1);
    assertThatThrownBy(() -> calibrate(4096))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("but the model's vocabulary has 97 tokens (0 to 96)");
    assertThat(folder.resolve("run")).isEmptyDirectory();
    assertThatThrownBy(
            () ->
                new Evaluate(
                        TestSession.context(), ProgressListener.SILENT, WaveLimits.ofWeights(1))
                    .run(Stage.whole("model", model()), shards(4096)))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("but the model's vocabulary has 97 tokens (0 to 96)");
  }

  private HadoopDirectory model() {
    return CalibrationFolder.directory(folder.resolve("model"));
  }

  private ShardSet shards(int vocabulary) throws IOException {
    List<int[]> sequences = CalibrationFolder.random(1, vocabulary, 13, 7);
    return ShardSet.of(CalibrationFolder.write(folder.resolve("set"), sequences), 2);
  }

  private void calibrate(int vocabulary) throws IOException {
    try (ModelCheckpoint checkpoint = ModelCheckpoint.open(model())) {
      DecoderWalk walk =
          new DecoderWalk(
              TestSession.context(),
              model(),
              checkpoint.spec(),
              WaveLimits.ofWeights(Long.MAX_VALUE));
      new Calibrate(TestSession.context(), ProgressListener.SILENT)
          .run(
              Statistics.request(
                  checkpoint.spec(), CalibrationFolder.directory(folder.resolve("run"))),
              walk,
              shards(vocabulary));
    }
  }
}
