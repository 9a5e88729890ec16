package io.gramian.spark.rewrite;

import io.gramian.compress.width.BlockTransform;
import java.io.IOException;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.util.LongAccumulator;

/**
 * Writes one safetensors file of a checkpoint whose blocks all change the same way, and returns its
 * name.
 *
 * @param units counts files
 */
public record FileTask(TensorFile files, BlockTransform transform, LongAccumulator units)
    implements Function<Integer, String> {

  private static final long serialVersionUID = 1L;

  @Override
  public String call(Integer index) throws IOException {
    String name = files.write(index, transform);
    units.add(1);
    return name;
  }
}
