package io.gramian.spark.finetune;

import java.util.Iterator;
import scala.Tuple2;

/**
 * What one worker reads. Never leaves its task.
 *
 * @param training its sequences of every step by position, ascending
 * @param heldOut its share of the held-out sequences by number, ascending
 */
record WorkerTexts(Iterator<Tuple2<Long, int[]>> training, Iterator<Tuple2<Long, int[]>> heldOut) {}
