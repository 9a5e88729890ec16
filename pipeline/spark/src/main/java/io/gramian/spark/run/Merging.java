package io.gramian.spark.run;

import io.gramian.checkpoint.UserException;
import io.gramian.spark.calibrate.Calibrate;
import io.gramian.spark.merge.Merge;
import io.gramian.spark.merge.MergeRequest;
import io.gramian.spark.progress.ProgressListener;
import io.gramian.spark.storage.HadoopDirectory;
import io.gramian.spark.tokenize.CalibrationSet;
import io.gramian.spark.tokenize.CalibrationUnion;
import io.gramian.spark.tokenize.Tokenize;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * The verb {@code merge} as phases of a run: what {@code calibrate} and {@code tokenize} would have
 * written, made from other runs instead of from a model and a text. The model itself is not looked
 * at; later phases check that it is still the one that was calibrated.
 *
 * <p>The calibration set of the run is the added runs' sequences in their order, without those
 * subtracted. Weights do not show in it: it serves to check the sorted model and to quantise.
 */
public final class Merging {

  /** Counts up when the outputs change for the same input. */
  private static final String FORMAT = "1";

  private final SparkSession session;
  private final JavaSparkContext spark;
  private final ProgressListener progress;
  private final RunMix mix;
  private final List<MergeSource> added;
  private final List<MergeSource> subtracted;

  private Merging(
      SparkSession session,
      ProgressListener progress,
      RunMix mix,
      List<MergeSource> added,
      List<MergeSource> subtracted) {
    this.session = session;
    this.spark = JavaSparkContext.fromSparkContext(session.sparkContext());
    this.progress = progress;
    this.mix = mix;
    this.added = added;
    this.subtracted = subtracted;
  }

  /**
   * Merges runs into {@code run}, unless it proves that done.
   *
   * @throws UserException if the runs do not go together, or something is to be subtracted that is
   *     not in what is added; then nothing is written
   */
  public static MergeSummary run(
      SparkSession session, ProgressListener progress, RunMix mix, Run run) throws IOException {
    List<MergeSource> added = new ArrayList<>();
    for (RunMix.Part part : mix.added()) {
      added.add(MergeSource.open(part.run()));
    }
    List<MergeSource> subtracted = new ArrayList<>();
    for (HadoopDirectory folder : mix.subtracted()) {
      subtracted.add(MergeSource.open(folder));
    }
    return new Merging(session, progress, mix, added, subtracted).into(run);
  }

  private MergeSummary into(Run run) throws IOException {
    requireMergeable(run.directory());
    CalibrationUnion sequences =
        new CalibrationUnion(session, sequencesOf(added), sequencesOf(subtracted));
    sequences.requireContained();
    run.recordModel(added.get(0).modelFolder(), added.get(0).modelFiles());
    all().forEach(source -> run.recordInputs(source.inputs()));
    run.phase(statistics(), () -> writeStatistics(run.directory()));
    run.phase(
        sequences(),
        () -> {
          sequences.write(run.directory());
          return List.of(Tokenize.CALIBRATION);
        });
    return new MergeSummary(
        added.stream().map(MergeSource::tokens).toList(),
        subtracted.stream().map(MergeSource::tokens).toList(),
        MergeSource.open(run.directory()).tokens());
  }

  private Stream<MergeSource> all() {
    return Stream.concat(added.stream(), subtracted.stream());
  }

  private void requireMergeable(HadoopDirectory output) {
    all().forEach(MergeSource::requireAll);
    all().skip(1).forEach(added.get(0)::requireSameKind);
    all()
        .filter(source -> source.folder().path().equals(output.path()))
        .forEach(
            source -> {
              throw new UserException(
                  source.folder().name()
                      + " is to be merged and cannot be written to as well: give another"
                      + " --output");
            });
    requireRest();
    all().forEach(source -> source.requireIntact(spark));
  }

  private void requireRest() {
    long counted = 0;
    for (int i = 0; i < added.size(); i++) {
      counted += mix.added().get(i).weight().of(added.get(i).tokens());
    }
    long taken = subtracted.stream().mapToLong(MergeSource::tokens).sum();
    if (taken > 0 && taken >= counted) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "%,d tokens cannot be taken from %,d: only a part of what is added can be subtracted",
              taken,
              counted));
    }
  }

  private List<CalibrationSet> sequencesOf(List<MergeSource> sources) throws IOException {
    List<CalibrationSet> sets = new ArrayList<>();
    for (MergeSource source : sources) {
      sets.add(source.sequences(session));
    }
    return sets;
  }

  private List<String> writeStatistics(HadoopDirectory run) throws IOException {
    List<MergeRequest.Part> parts = new ArrayList<>();
    for (int i = 0; i < added.size(); i++) {
      parts.add(new MergeRequest.Part(added.get(i).statistics(), mix.added().get(i).weight()));
    }
    MergeRequest request =
        new MergeRequest(parts, subtracted.stream().map(MergeSource::statistics).toList());
    String partial = Calibrate.STATISTICS + ".partial";
    run.delete(partial);
    try {
      new Merge(spark, progress).run(request, added.get(0).files(), run.resolve(partial));
      run.delete(Calibrate.STATISTICS);
      run.rename(partial, Calibrate.STATISTICS);
    } finally {
      run.delete(partial);
    }
    return List.of(Calibrate.STATISTICS);
  }

  /** Sums do not depend on the order of the sources. */
  private Ingredients statistics() {
    String sources = String.join("\n", terms(Calibrate.PHASE).sorted().toList());
    return Ingredients.of(
        Calibrate.PHASE,
        Map.of(
            "format",
            FORMAT,
            PhaseInputs.MODEL,
            added.get(0).model(),
            MergedStatistics.MERGED,
            Ingredients.Sha256.of(sources)));
  }

  private Stream<String> terms(String phase) {
    Stream.Builder<String> terms = Stream.builder();
    for (int i = 0; i < added.size(); i++) {
      terms.add("+ " + mix.added().get(i).weight() + " " + added.get(i).digest(phase));
    }
    subtracted.forEach(source -> terms.add("- " + source.digest(phase)));
    return terms.build();
  }

  /** The order of the sources is that of the sequences; their weights do not matter. */
  private Ingredients sequences() {
    List<String> digests =
        Stream.concat(
                added.stream().map(source -> "+ " + source.digest(Texts.CALIBRATION)),
                subtracted.stream().map(source -> "- " + source.digest(Texts.CALIBRATION)))
            .toList();
    return Ingredients.of(
        Texts.CALIBRATION,
        Map.of(
            "format",
            FORMAT,
            MergedStatistics.MERGED,
            Ingredients.Sha256.of(String.join("\n", digests))));
  }
}
