package io.gramian.spark.tokenize;

import io.gramian.checkpoint.UserException;
import io.gramian.spark.progress.ProgressListener;
import io.gramian.spark.progress.TaskProgress;
import io.gramian.spark.session.JobPhase;
import io.gramian.spark.storage.HadoopDirectory;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;

/**
 * The verb {@code tokenize}: text in, {@code calibration/} out.
 *
 * <p>Documents follow the order of their files' paths and, within a file, their position. Before
 * each stands one special token: the model's {@code bos_token_id}, else its {@code eos_token_id}
 * (the first, if it lists several), else none. The tokenizer's own special tokens, truncation and
 * padding are off. Documents without any token count for nothing.
 *
 * <p>Cost: the corpus is read and tokenised once, at some 300,000 tokens a second and core; its
 * tokens are held (4 bytes each, spilling to disk) until they are written. The driver holds four
 * numbers a partition.
 */
public final class Tokenize {

  /** Name of the folder, and of the phase. */
  public static final String CALIBRATION = "calibration";

  private static final String PHASE_READ = "tokenize: read text";
  private static final String PHASE_WRITE = "tokenize: write sequences";

  /** A constant, so that the number of files follows from the data alone. */
  static final int SEQUENCES_PER_FILE = 1 << 16;

  /** Parts smaller than this cost more to schedule than to read. */
  private static final long LEAST_PARTITION_BYTES = 64 << 10;

  /** Parts larger than this hold more tokens than a task should. */
  private static final long MOST_PARTITION_BYTES = 16 << 20;

  private final SparkSession session;
  private final JavaSparkContext spark;
  private final ProgressListener progress;

  /**
   * Makes the verb.
   *
   * @param progress hears of two phases: the reading, in bytes, and the writing, in sequences
   */
  public Tokenize(SparkSession session, ProgressListener progress) {
    this.session = session;
    this.spark = JavaSparkContext.fromSparkContext(session.sparkContext());
    this.progress = progress;
  }

  /**
   * Tokenises, replacing the calibration set that the output folder may hold already.
   *
   * @throws UserException if input is missing or not what it should be; then the output folder is
   *     as it was
   */
  public TokenizeResult run(TokenizeRequest request) throws IOException {
    Configuration hadoop = spark.hadoopConfiguration();
    ModelTokenizer tokenizer = ModelTokenizer.load(HadoopDirectory.of(request.model(), hadoop));
    Corpus corpus = Corpus.list(request.calibration(), hadoop);
    HadoopDirectory output = HadoopDirectory.of(request.output(), hadoop);

    try (TokenizedCorpus documents = read(corpus, tokenizer, request)) {
      Selection selection = documents.select(corpus.name());
      CalibrationSet written = write(documents, selection, output);
      return new TokenizeResult(
          documents.tally().documents(), written.tokens(), written.sequences(), written.path());
    }
  }

  /**
   * The files that a path or pattern stands for, in the order in which they are read.
   *
   * @throws UserException if there are none, or one has an unknown extension
   */
  public static List<String> files(String calibration, Configuration hadoop) throws IOException {
    return Corpus.list(calibration, hadoop).files().stream()
        .map(file -> file.path().toString())
        .toList();
  }

  private TokenizedCorpus read(Corpus corpus, ModelTokenizer tokenizer, TokenizeRequest request) {
    List<List<CorpusSplit>> partitions =
        corpus.partitions(request.partitions().orElseGet(() -> partitions(corpus)));
    try (JobPhase phase = JobPhase.begin(spark, PHASE_READ, "tokenize " + corpus.name());
        TaskProgress bytes = TaskProgress.start(spark, progress, phase.name(), corpus.bytes())) {
      SplitReading reading =
          new SplitReading(
              spark.broadcast(tokenizer),
              spark.broadcast(new SerializableConfiguration(spark.hadoopConfiguration())),
              request.textColumn(),
              bytes.units());
      JavaRDD<TokenizedDocument> documents =
          spark
              .parallelize(partitions, partitions.size())
              .flatMap(List::iterator)
              .flatMap(split -> new SplitDocuments(split, reading));
      return TokenizedCorpus.hold(documents, request.cut());
    }
  }

  private CalibrationSet write(TokenizedCorpus documents, Selection selection, HadoopDirectory run)
      throws IOException {
    String description =
        String.format(Locale.ROOT, "write %d sequences to %s", selection.wanted(), run.name());
    try (JobPhase phase = JobPhase.begin(spark, PHASE_WRITE, description);
        TaskProgress joined =
            TaskProgress.start(spark, progress, phase.name(), selection.wanted())) {
      JavaRDD<CalibrationSequence> sequences =
          SequenceJoin.join(
              documents.pieces(selection), selection.wanted(), SEQUENCES_PER_FILE, joined.units());
      HadoopDirectory written = new CalibrationWriter(session).write(sequences, run, CALIBRATION);
      return CalibrationSet.open(session, written.path().toString());
    }
  }

  private int partitions(Corpus corpus) {
    long fewest = Parts.needed(corpus.bytes(), MOST_PARTITION_BYTES);
    long most = Math.max(1, corpus.bytes() / LEAST_PARTITION_BYTES);
    long wanted = Math.max(fewest, Math.min(most, spark.defaultParallelism()));
    return Math.toIntExact(Math.max(1, wanted));
  }
}
