package io.gramian.spark.quantize;

import io.gramian.compress.quantize.Gptq;
import io.gramian.compress.quantize.RoundToNearest;
import io.gramian.compress.quantize.RowQuantiser;
import io.gramian.compress.quantize.ScaleRule;
import io.gramian.model.packed.PackedMap;
import java.io.IOException;
import java.io.Serializable;
import org.apache.spark.broadcast.Broadcast;

/** How a task comes by what quantises rows. */
sealed interface QuantiserSource extends Serializable {

  /** The quantiser of a map's rows, good until the running task ends. */
  RowQuantiser of(PackedMap map) throws IOException;

  /** GPTQ, of all maps that read the factor's input. */
  record ByFactor(Broadcast<FactorFile> factor, ScaleRule rule) implements QuantiserSource {

    private static final long serialVersionUID = 1L;

    @Override
    public RowQuantiser of(PackedMap map) throws IOException {
      return new Gptq(factor.value().acquire(), map.groups(), rule);
    }
  }

  /** Round to nearest. */
  record ByItself(ScaleRule rule) implements QuantiserSource {

    private static final long serialVersionUID = 1L;

    @Override
    public RowQuantiser of(PackedMap map) {
      return new RoundToNearest(map.groups(), rule);
    }
  }
}
