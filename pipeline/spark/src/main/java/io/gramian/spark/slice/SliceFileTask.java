package io.gramian.spark.slice;

import io.gramian.compress.width.SlicedBlock;
import io.gramian.spark.rewrite.TensorFile;
import java.io.IOException;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.util.LongAccumulator;

/** Writes one safetensors file of the slice and returns its name. */
record SliceFileTask(TensorFile files, SlicedBlock transform, LongAccumulator units)
    implements Function<Integer, String> {

  private static final long serialVersionUID = 1L;

  @Override
  public String call(Integer index) throws IOException {
    String name = files.write(index, transform);
    units.add(1);
    return name;
  }
}
