package io.gramian.spark.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.gramian.checkpoint.UserException;
import io.gramian.spark.storage.HadoopDirectory;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Reads {@code ratios/keep-0.85.json} and its like: {@code keep_ratio} and {@code blocks}. */
final class WidthFiles {

  static final String RATIOS = "ratios";

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final HadoopDirectory ratios;

  WidthFiles(HadoopDirectory run) {
    this.ratios = run.resolve(RATIOS);
  }

  /**
   * The widths of every ratio, wide to narrow; none if nothing was allocated.
   *
   * @throws UserException if a file is no allocation
   */
  List<ChosenWidths> read() throws IOException {
    List<ChosenWidths> all = new ArrayList<>();
    for (String file : ratios.list()) {
      if (file.matches("keep-.*\\.json")) {
        all.add(read(file));
      }
    }
    all.sort(Comparator.comparingDouble(ChosenWidths::keepRatio).reversed());
    return all;
  }

  private ChosenWidths read(String file) throws IOException {
    try (InputStream in = ratios.read(file)) {
      JsonNode root = JSON.readTree(in.readAllBytes());
      SortedMap<Integer, Double> blocks = new TreeMap<>();
      for (JsonNode block : root.required("blocks")) {
        blocks.put(block.required("block_index").asInt(), kept(block));
      }
      return new ChosenWidths(root.required("keep_ratio").asDouble(), blocks);
    } catch (JsonProcessingException | IllegalArgumentException e) {
      throw new UserException(
          ratios.name() + "/" + file + " is no allocation: run allocate again", e);
    }
  }

  private static double kept(JsonNode block) {
    List<Double> couplings = new ArrayList<>();
    for (JsonNode segments : block.required("widths")) {
      double kept = 0;
      double of = 0;
      for (JsonNode segment : segments) {
        kept += segment.required("kept").asDouble();
        of += segment.required("of").asDouble();
      }
      couplings.add(kept / of);
    }
    return couplings.stream()
        .mapToDouble(Double::doubleValue)
        .average()
        .orElseGet(() -> block.required("keep_ratio").asDouble());
  }
}
