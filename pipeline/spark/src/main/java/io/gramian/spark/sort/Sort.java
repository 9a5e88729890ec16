package io.gramian.spark.sort;

import io.gramian.compress.sort.BlockDecision;
import io.gramian.compress.sort.SortedBlock;
import io.gramian.model.BlockWidths;
import io.gramian.model.RankOrder;
import io.gramian.model.ResidualBlock;
import io.gramian.model.store.GramianMetadata;
import io.gramian.model.store.ModelCheckpoint;
import io.gramian.spark.progress.ProgressListener;
import io.gramian.spark.progress.TaskProgress;
import io.gramian.spark.rewrite.CheckpointFolder;
import io.gramian.spark.rewrite.CheckpointLayout;
import io.gramian.spark.rewrite.TensorFile;
import io.gramian.spark.session.JobPhase;
import io.gramian.spark.session.Permits;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import scala.Tuple2;

/**
 * Ranks every coupling group and writes the sorted checkpoint.
 *
 * <p>Decisions travel from the tasks that make them to the tasks that write the tensors they touch;
 * only the orders themselves come to the driver.
 */
public final class Sort {

  /** Name of the phase. */
  public static final String PHASE = "sort";

  public static final String RANK_ORDERS = "rank-orders";
  public static final String SORTED = "sorted";

  private final JavaSparkContext spark;
  private final SparkSession session;
  private final ProgressListener progress;
  private final Permits permits;
  private final long fileBytes;

  /** Makes the verb. */
  public Sort(SparkSession session, ProgressListener progress) {
    this(session, progress, Permits.UNLIMITED);
  }

  /**
   * Makes the verb, where memory does not suffice to rank a block in every task at once.
   *
   * @param permits how many tasks of an executor may
   */
  public Sort(SparkSession session, ProgressListener progress, Permits permits) {
    this(session, progress, permits, CheckpointLayout.FILE_BYTES);
  }

  /** The same with smaller files, so that a test needs no large model. */
  Sort(SparkSession session, ProgressListener progress, Permits permits, long fileBytes) {
    this.permits = permits;
    this.fileBytes = fileBytes;
    this.session = session;
    this.spark = JavaSparkContext.fromSparkContext(session.sparkContext());
    this.progress = progress;
  }

  /**
   * Writes {@code rank-orders/} and {@code sorted/} into {@code request.output()}.
   *
   * @return the orders, by block, coupling and head
   */
  public SortResult run(SortRequest request) throws IOException {
    try (ModelCheckpoint model = ModelCheckpoint.open(request.model())) {
      model.validate();
      CheckpointLayout layout = CheckpointLayout.of(model, model.spec(), fileBytes);
      long units = model.spec().blocks().size() + (long) layout.plan().shards().size();
      try (JobPhase phase = JobPhase.begin(spark, PHASE, request.ranking().labels().toString());
          TaskProgress done = TaskProgress.start(spark, progress, PHASE, units)) {
        return sort(request, model, layout, done);
      }
    }
  }

  private SortResult sort(
      SortRequest request, ModelCheckpoint model, CheckpointLayout layout, TaskProgress done)
      throws IOException {
    JavaRDD<BlockDecision> decisions =
        new Decisions(request.model(), request.statistics(), permits)
            .of(spark, model.spec(), request.ranking(), done.units())
            .persist(StorageLevel.MEMORY_AND_DISK());
    try {
      List<RankOrder> orders = orders(decisions);
      GramianMetadata metadata = metadata(request, model, orders);
      CheckpointFolder folder = new CheckpointFolder(request.model(), request.output(), SORTED);
      TensorFile files = new TensorFile(request.model(), folder.partial(), spark.broadcast(layout));
      folder.write(tensorFiles(decisions, files, done), layout.plan(), metadata);
      RankOrderTable.write(session, orders, request.output(), RANK_ORDERS);
      return new SortResult(orders);
    } finally {
      decisions.unpersist(false);
    }
  }

  private static List<RankOrder> orders(JavaRDD<BlockDecision> decisions) {
    List<RankOrder> orders =
        new ArrayList<>(decisions.flatMap(d -> d.orders().iterator()).collect());
    orders.sort(
        Comparator.comparingInt((RankOrder order) -> order.group().blockIndex())
            .thenComparing(order -> order.group().coupling())
            .thenComparingInt(order -> order.group().head()));
    return List.copyOf(orders);
  }

  private static GramianMetadata metadata(
      SortRequest request, ModelCheckpoint model, List<RankOrder> orders) {
    Map<Integer, List<List<Integer>>> pairOrders = new TreeMap<>();
    for (ResidualBlock block : model.spec().blocks()) {
      List<RankOrder> own =
          orders.stream().filter(o -> o.group().blockIndex() == block.blockIndex()).toList();
      List<List<Integer>> pairs = SortedBlock.pairOrders(block, own);
      if (!pairs.isEmpty()) {
        pairOrders.put(block.blockIndex(), pairs);
      }
    }
    Map<Integer, BlockWidths> widths =
        model.metadata().map(GramianMetadata::widths).orElse(Map.of());
    return new GramianMetadata(request.ranking().labels(), pairOrders, widths);
  }

  /** One element a file: the job that writes the tensors, not yet run. */
  private JavaRDD<String> tensorFiles(
      JavaRDD<BlockDecision> decisions, TensorFile files, TaskProgress done) {
    Broadcast<CheckpointLayout> shared = files.layout();
    int count = shared.value().plan().shards().size();
    JavaPairRDD<Integer, BlockDecision> byFile =
        decisions.flatMapToPair(
            decision ->
                shared.value().filesOf(decision.blockIndex()).stream()
                    .map(file -> new Tuple2<>(file, decision))
                    .iterator());
    List<Integer> indices = IntStream.range(0, count).boxed().toList();
    return spark
        .parallelize(indices, count)
        .mapToPair(index -> new Tuple2<>(index, index))
        .cogroup(byFile, count)
        .map(new WriteFileTask(files, done.units()));
  }
}
