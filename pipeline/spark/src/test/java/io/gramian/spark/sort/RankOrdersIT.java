package io.gramian.spark.sort;

import static org.assertj.core.api.Assertions.assertThat;

import io.gramian.spark.calibrate.OracleRun;
import io.gramian.spark.session.TestSession;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

/** {@code rank-orders/} as artifacts.md describes it and any engine reads it. */
class RankOrdersIT {

  private static final int LAYERS = 6;
  private static final int KV_HEADS = 2;

  private final OracleRun run = OracleRun.of("llama-tiny");

  @Test
  void theSchemaIsTheOneThatArtifactsDescribe() throws IOException {
    assertThat(table().schema().catalogString())
        .isEqualTo(
            "struct<block_index:int,layer_index:int,mixer:string,coupling:string,head:int,"
                + "unit:string,criterion:string,order:array<int>,score:array<double>>");
    assertThat(run.folder().resolve("rank-orders").list()).containsExactly("part-00000.parquet");
  }

  @Test
  void oneRowACouplingGroup() {
    List<String> expected = new ArrayList<>();
    for (int layer = 0; layer < LAYERS; layer++) {
      for (String coupling :
          List.of("query-key rope-pair norm", "value-output rotated-channel joint")) {
        for (int head = 0; head < KV_HEADS; head++) {
          expected.add(2 * layer + " " + layer + " attention " + head + " " + coupling);
        }
      }
      expected.add(2 * layer + 1 + " " + layer + " mlp 0 mlp channel output-error");
    }
    assertThat(rows()).extracting(RankOrdersIT::group).containsExactlyElementsOf(expected);
  }

  @Test
  void ordersArePermutationsBestFirst() {
    for (Row row : rows()) {
      List<Integer> order = row.getList(7);
      List<Double> score = row.getList(8);
      assertThat(order)
          .as(group(row))
          .hasSize(units(row))
          .hasSameSizeAs(score)
          .containsExactlyInAnyOrderElementsOf(identity(row));
      assertThat(order.stream().map(score::get).toList())
          .isSortedAccordingTo(Comparator.reverseOrder());
    }
  }

  @Test
  void rotatedChannelsStandInOrder() {
    for (Row row : rows()) {
      if (row.getString(5).equals("rotated-channel")) {
        assertThat(row.<Integer>getList(7)).isEqualTo(identity(row));
        assertThat(row.<Double>getList(8)).isSortedAccordingTo(Comparator.reverseOrder());
      } else {
        assertThat(row.<Integer>getList(7)).as(group(row)).isNotEqualTo(identity(row));
      }
    }
  }

  private static int units(Row row) {
    return switch (row.getString(5)) {
      case "channel" -> 768;
      case "rope-pair" -> 32;
      default -> 64;
    };
  }

  private static List<Integer> identity(Row row) {
    return IntStream.range(0, units(row)).boxed().toList();
  }

  private static String group(Row row) {
    return String.format(
        Locale.ROOT,
        "%d %d %s %d %s %s %s",
        row.getInt(0),
        row.getInt(1),
        row.getString(2),
        row.getInt(4),
        row.getString(3),
        row.getString(5),
        row.getString(6));
  }

  private Dataset<Row> table() {
    return TestSession.get().read().parquet(run.folder().resolve("rank-orders").path().toString());
  }

  private List<Row> rows() {
    return table().collectAsList();
  }
}
