package io.gramian.spark.sort;

import io.gramian.compress.sort.BlockDecision;
import io.gramian.compress.width.SortedBlocks;
import io.gramian.spark.rewrite.TensorFile;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.util.LongAccumulator;
import scala.Tuple2;

/** Writes one safetensors file of the sorted checkpoint and returns its name. */
record WriteFileTask(TensorFile files, LongAccumulator units)
    implements Function<
        Tuple2<Integer, Tuple2<Iterable<Integer>, Iterable<BlockDecision>>>, String> {

  private static final long serialVersionUID = 1L;

  @Override
  public String call(Tuple2<Integer, Tuple2<Iterable<Integer>, Iterable<BlockDecision>>> entry)
      throws IOException {
    Map<Integer, BlockDecision> decisions = new HashMap<>();
    entry._2()._2().forEach(decision -> decisions.put(decision.blockIndex(), decision));
    String name = files.write(entry._1(), new SortedBlocks(decisions));
    units.add(1);
    return name;
  }
}
