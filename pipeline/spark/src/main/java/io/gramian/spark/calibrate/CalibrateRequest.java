package io.gramian.spark.calibrate;

import io.gramian.model.DecoderSpec;
import io.gramian.spark.storage.HadoopDirectory;
import io.gramian.spark.wave.KeptStates;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What to calibrate, and where to.
 *
 * @param spec the decoder
 * @param run folder of the run
 * @param recipe all that determines the statistics, by name; an unfinished calibration of another
 *     recipe is thrown away
 * @param kept whether hidden states are kept for good
 */
public record CalibrateRequest(
    DecoderSpec spec, HadoopDirectory run, SortedMap<String, String> recipe, KeptStates kept) {

  public CalibrateRequest {
    recipe = Collections.unmodifiableSortedMap(new TreeMap<>(recipe));
  }

  int blocks() {
    return spec.blocks().size();
  }
}
