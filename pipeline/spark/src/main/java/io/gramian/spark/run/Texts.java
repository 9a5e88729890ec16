package io.gramian.spark.run;

import io.gramian.spark.progress.ProgressListener;
import io.gramian.spark.storage.HadoopDirectory;
import io.gramian.spark.tokenize.CalibrationSet;
import io.gramian.spark.tokenize.Tokenize;
import io.gramian.spark.tokenize.TokenizeRequest;
import java.io.IOException;
import java.util.List;
import org.apache.spark.sql.SparkSession;

/** The texts of a run as sequences: each is a phase, with a folder of its own. */
final class Texts {

  /** What statistics are taken from; its sequences lie in the run itself. */
  static final String CALIBRATION = "tokenize";

  /** What stages are scored on. */
  static final String EVALUATION = "evaluation-text";

  /** What adapters learn. */
  static final String TRAINING = "training";

  /** What adapters are scored on as they learn. */
  static final String TRAINING_CHECK = "training-check-text";

  private final SparkSession session;
  private final Run run;
  private final PipelineSettings settings;
  private final ProgressListener progress;

  Texts(SparkSession session, Run run, PipelineSettings settings, ProgressListener progress) {
    this.session = session;
    this.run = run;
    this.settings = settings;
    this.progress = progress;
  }

  /** The sequences of a text, made where the run lacks them. */
  CalibrationSet tokenize(Ingredients ingredients, TextSource text) throws IOException {
    String phase = ingredients.phase();
    run.phase(
        ingredients,
        () -> {
          new Tokenize(session, progress).run(request(text, folder(phase)));
          return List.of(phase.equals(CALIBRATION) ? sequences() : phase + "/" + sequences());
        });
    return open(phase);
  }

  /** The sequences of a text that the run has. */
  CalibrationSet open(String phase) throws IOException {
    return CalibrationSet.open(session, folder(phase).resolve(sequences()).path().toString());
  }

  private static String sequences() {
    return Tokenize.CALIBRATION;
  }

  private HadoopDirectory folder(String phase) {
    return phase.equals(CALIBRATION) ? run.directory() : run.directory().resolve(phase);
  }

  private TokenizeRequest request(TextSource text, HadoopDirectory output) {
    return TokenizeRequest.of(settings.model(), text.path(), text.cut(), output.path().toString())
        .withTextColumn(text.textColumn());
  }
}
