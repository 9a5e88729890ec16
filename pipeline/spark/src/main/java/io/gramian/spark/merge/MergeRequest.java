package io.gramian.spark.merge;

import io.gramian.compress.statistics.Weight;
import io.gramian.spark.storage.HadoopDirectory;
import java.io.Serializable;
import java.util.List;

/**
 * Which statistics to combine: {@code sum_k w_k G_k - sum_l G_l}.
 *
 * @param added at least one
 * @param subtracted folders of statistics that are part of the sum
 */
public record MergeRequest(List<Part> added, List<HadoopDirectory> subtracted)
    implements Serializable {

  private static final long serialVersionUID = 1L;

  public MergeRequest {
    added = List.copyOf(added);
    subtracted = List.copyOf(subtracted);
  }

  /**
   * One source.
   *
   * @param statistics folder that {@code calibrate} or {@code merge} wrote
   * @param weight how often its tokens count
   */
  public record Part(HadoopDirectory statistics, Weight weight) implements Serializable {

    private static final long serialVersionUID = 1L;
  }
}
