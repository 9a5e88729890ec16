package io.gramian.spark.evaluate;

import io.gramian.checkpoint.HfConfig;
import io.gramian.spark.storage.HadoopDirectory;
import io.gramian.spark.tokenize.CalibrationSequence;
import io.gramian.spark.tokenize.TextEncoder;
import io.gramian.spark.wave.ShardSet;
import io.gramian.spark.wave.UserFailure;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import scala.Tuple2;

/**
 * Questions as token sequences, one a choice, numbered through. Executors tokenise; the driver
 * keeps the texts of the questions and one number a choice.
 */
public final class QuestionSet {

  private final List<Question> questions;
  private final ShardSet shards;
  private final int[] firstScored;

  private QuestionSet(List<Question> questions, ShardSet shards, int[] firstScored) {
    this.questions = questions;
    this.shards = shards;
    this.firstScored = firstScored;
  }

  /** What the driver has to know about a sequence. */
  private record Extent(int sequence, int first, int length, int largestToken)
      implements Serializable {}

  /**
   * Reads and tokenises a file of questions.
   *
   * @param model folder of the checkpoint whose tokenizer and length limit count
   * @throws io.gramian.checkpoint.UserException if a line is no question, or too long for the model
   */
  public static QuestionSet read(
      JavaSparkContext spark, String file, HadoopDirectory model, int parallelism)
      throws IOException {
    List<Question> questions = QuestionFile.read(file, spark.hadoopConfiguration());
    int limit = HfConfig.read(model).intOr("max_position_embeddings", Integer.MAX_VALUE);
    QuestionTokens tokens = new QuestionTokens(TextEncoder.load(model), limit);
    JavaRDD<Tuple2<Integer, QuestionTokens.Scored>> sequences =
        spark
            .parallelize(numbered(questions), Math.min(questions.size(), 2 * parallelism))
            .flatMap(entry -> sequences(entry, tokens).iterator());
    List<Extent> extents =
        UserFailure.unwrapped(() -> sequences.map(QuestionSet::extent).collect());
    int[] first = new int[extents.size()];
    extents.forEach(extent -> first[extent.sequence()] = extent.first());
    ShardSet shards =
        ShardSet.of(
            sequences.map(s -> new CalibrationSequence(s._1(), s._2().tokens())),
            contents(file, extents),
            parallelism);
    return new QuestionSet(questions, shards, first);
  }

  /** Each with the number of its first sequence. */
  private static List<Tuple2<Integer, Question>> numbered(List<Question> questions) {
    List<Tuple2<Integer, Question>> numbered = new ArrayList<>();
    int next = 0;
    for (Question question : questions) {
      numbered.add(new Tuple2<>(next, question));
      next = Math.addExact(next, question.choices().size());
    }
    return numbered;
  }

  private static List<Tuple2<Integer, QuestionTokens.Scored>> sequences(
      Tuple2<Integer, Question> numbered, QuestionTokens tokens) {
    List<QuestionTokens.Scored> scored = tokens.of(numbered._2());
    return IntStream.range(0, scored.size())
        .mapToObj(i -> new Tuple2<>(numbered._1() + i, scored.get(i)))
        .toList();
  }

  private static Extent extent(Tuple2<Integer, QuestionTokens.Scored> sequence) {
    int[] tokens = sequence._2().tokens();
    int largest = Arrays.stream(tokens).max().orElseThrow();
    return new Extent(sequence._1(), sequence._2().first(), tokens.length, largest);
  }

  private static ShardSet.Contents contents(String file, List<Extent> extents) {
    return new ShardSet.Contents(
        file,
        extents.size(),
        extents.stream().mapToLong(Extent::length).sum(),
        extents.stream().mapToInt(Extent::length).max().orElseThrow(),
        extents.stream().mapToInt(Extent::largestToken).max().orElseThrow());
  }

  ShardSet shards() {
    return shards;
  }

  /** By sequence: the first position that is scored. */
  int[] firstScored() {
    return firstScored;
  }

  /** How many questions. */
  int size() {
    return questions.size();
  }

  /**
   * How many questions have the right choice on top; among equals the first counts.
   *
   * @param logLikelihoods by sequence
   * @param normalisation what each is divided by
   */
  long right(double[] logLikelihoods, Normalisation normalisation) {
    long right = 0;
    int sequence = 0;
    for (Question question : questions) {
      int best = 0;
      double highest = Double.NEGATIVE_INFINITY;
      for (int choice = 0; choice < question.choices().size(); choice++, sequence++) {
        double score = normalisation.apply(logLikelihoods[sequence], question.bytes(choice));
        if (score > highest) {
          highest = score;
          best = choice;
        }
      }
      right += best == question.answer() ? 1 : 0;
    }
    return right;
  }

  /** What a log-likelihood is divided by. */
  enum Normalisation {
    NONE,
    BYTES;

    double apply(double logLikelihood, int bytes) {
      return this == NONE ? logLikelihood : logLikelihood / bytes;
    }
  }
}
