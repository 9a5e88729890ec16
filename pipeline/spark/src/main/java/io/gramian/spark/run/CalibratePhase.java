package io.gramian.spark.run;

import io.gramian.checkpoint.UserException;
import io.gramian.compress.statistics.StatisticsChoice;
import io.gramian.model.store.ModelCheckpoint;
import io.gramian.spark.calibrate.Calibrate;
import io.gramian.spark.calibrate.CalibrateRequest;
import io.gramian.spark.calibrate.UnfinishedCalibration;
import io.gramian.spark.hidden.BlockStates;
import io.gramian.spark.storage.HadoopDirectory;
import io.gramian.spark.wave.DecoderWalk;
import io.gramian.spark.wave.KeptStates;
import io.gramian.spark.wave.ShardSet;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Calibration as a phase of a run: whether one that is unfinished goes on, and the books. */
final class CalibratePhase {

  private static final String KEPT = "yes";
  private static final String NOT_KEPT = "no";

  private final PhaseTools tools;
  private final Run run;
  private final HadoopDirectory model;
  private final PhaseInputs inputs;
  private final UnfinishedCalibration unfinished;

  /** For the run that {@code stages} are of. */
  CalibratePhase(PhaseTools tools, RunStages stages, PhaseInputs inputs) {
    this.tools = tools;
    this.run = stages.run();
    this.model = stages.model();
    this.inputs = inputs;
    this.unfinished = new UnfinishedCalibration(run.directory());
  }

  /**
   * Calibrates, unless the run proves it done.
   *
   * @param accepted what will do, the best first: that which the run has, else the best
   * @throws UserException if one of other inputs is unfinished, or one is done whose states were
   *     not kept though they are wanted, or which left out what is needed
   */
  void run(List<StatisticsChoice> accepted, KeptStates kept, ShardSet shards) throws IOException {
    StatisticsChoice choice =
        accepted.stream()
            .filter(held -> isDone(inputs.calibrate(held)))
            .findFirst()
            .orElse(accepted.get(0));
    Ingredients ingredients = inputs.calibrate(choice);
    requireStates(ingredients, kept);
    requireAll(choice);
    run.phase(ingredients, () -> calibrate(ingredients, choice, kept, shards));
    if (!unfinished.hasFinishedWaves() || isOf(ingredients)) {
      unfinished.clear();
    }
  }

  private void requireStates(Ingredients ingredients, KeptStates kept) throws IOException {
    if (isDone(ingredients)
        && kept == KeptStates.FOR_GOOD
        && !run.directory().exists(Calibrate.HIDDEN_STATES)) {
      throw new UserException(
          run.directory().name()
              + " is calibrated already and its hidden states were not kept: give another --output"
              + " to keep them");
    }
  }

  private boolean isDone(Ingredients ingredients) {
    return run.isDone(Calibrate.PHASE)
        && run.fingerprint(Calibrate.PHASE).equals(ingredients.fingerprint());
  }

  private void requireAll(StatisticsChoice choice) {
    boolean lacks = run.recipeOf(Calibrate.PHASE).containsKey(PhaseInputs.LEFT_OUT);
    if (choice == StatisticsChoice.ALL && lacks && !run.replaces()) {
      throw new UserException(
          run.directory().name()
              + " was calibrated without the Gram matrices of its MLPs, for"
              + " --mlp-singular-values, and they are needed now: give another --output, or"
              + " --overwrite to calibrate again");
    }
  }

  /** What is unfinished may be of other inputs that a run beside it came back from. */
  private boolean isOf(Ingredients ingredients) throws IOException {
    SortedMap<String, String> begun = unfinished.recipe();
    begun.remove(Calibrate.HIDDEN_STATES);
    return begun.equals(ingredients.values());
  }

  private List<String> calibrate(
      Ingredients ingredients, StatisticsChoice choice, KeptStates wanted, ShardSet shards)
      throws IOException {
    KeptStates kept = isOf(ingredients) && keeps() ? KeptStates.FOR_GOOD : wanted;
    SortedMap<String, String> recipe = new TreeMap<>(ingredients.values());
    recipe.put(Calibrate.HIDDEN_STATES, kept == KeptStates.FOR_GOOD ? KEPT : NOT_KEPT);
    requireContinuable(new Ingredients(ingredients.phase(), recipe));
    try (ModelCheckpoint checkpoint = ModelCheckpoint.open(model)) {
      DecoderWalk walk =
          new DecoderWalk(
                  tools.spark(), model, checkpoint.spec(), tools.memory().summing(choice).waves())
              .summing(choice);
      new Calibrate(tools.spark(), tools.progress())
          .run(
              new CalibrateRequest(checkpoint.spec(), run.directory(), recipe, kept), walk, shards);
      return outputs(checkpoint.spec().blocks().size());
    }
  }

  /** States that are being kept are kept on, whichever verb goes on. */
  private boolean keeps() throws IOException {
    return KEPT.equals(unfinished.recipe().get(Calibrate.HIDDEN_STATES));
  }

  private void requireContinuable(Ingredients wanted) throws IOException {
    String differences = wanted.differencesFrom(unfinished.recipe());
    if (!run.replaces() && unfinished.hasFinishedWaves() && !differences.isEmpty()) {
      throw new UserException(
          run.directory().name()
              + " holds an unfinished "
              + wanted.phase()
              + " of other inputs ("
              + differences
              + "): give another --output, or --overwrite to start afresh");
    }
  }

  /** Statistics, and before which blocks there are hidden states. */
  private List<String> outputs(int blocks) throws IOException {
    List<String> outputs = new ArrayList<>(List.of(Calibrate.STATISTICS));
    for (int block = 1; block <= blocks; block++) {
      String folder = Calibrate.HIDDEN_STATES + "/" + BlockStates.folder(block);
      if (run.directory().exists(folder)) {
        outputs.add(folder);
      }
    }
    return outputs;
  }
}
