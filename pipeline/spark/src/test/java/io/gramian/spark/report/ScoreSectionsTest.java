package io.gramian.spark.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ScoreSectionsTest {

  private static Score score(String curve, Score.Kind kind, double ratio, double perplexity) {
    long parameters = (long) (1_000 * ratio);
    long stored = kind == Score.Kind.ARTIFACT ? parameters / 2 + 20 : 2 * parameters;
    return new Score(
        curve,
        kind,
        "",
        ratio,
        new Score.Quality(10, Math.log(perplexity), perplexity, 0.5),
        new Score.Size(OptionalLong.of(parameters), OptionalLong.of(stored)));
  }

  /** A finer stage at a width must not hide the artifact, which is what a device takes. */
  @Test
  void theArtifactStandsBesideTheBestOfTheOthers() {
    List<Score> scores =
        List.of(
            score("dense", Score.Kind.DENSE, 1, 10),
            score("sorted", Score.Kind.STAGE, 1, 10),
            score("sorted", Score.Kind.STAGE, 0.5, 20),
            score("finetuned", Score.Kind.STAGE, 0.5, 15),
            score("quantized", Score.Kind.ARTIFACT, 0.5, 16),
            score("quantized", Score.Kind.ARTIFACT, 1, 11));
    Table glance = new ScoreSections(scores).glance().orElseThrow();
    assertThat(glance.rows().stream().map(ScoreSectionsTest::text))
        .containsExactly(
            "dense|1.00|10.000|–|50.00 %|1,000|2.00 kB|2.00 kB|1.00x",
            "quantized|1.00|11.000|+10.0 %|50.00 %|1,000|2.00 kB|520 bytes|3.85x",
            "quantized|0.50|16.000|+60.0 %|50.00 %|500|1.00 kB|270 bytes|7.41x",
            "sorted|1.00|10.000|+0.0 %|50.00 %|1,000|2.00 kB|2.00 kB|1.00x",
            "finetuned|0.50|15.000|+50.0 %|50.00 %|500|1.00 kB|1.00 kB|2.00x");
  }

  private static String text(Table.Row row) {
    return row.cells().stream().map(Table.Cell::text).collect(Collectors.joining("|"));
  }

  @Test
  void withoutScoresThereIsNothingToSee() {
    assertThat(new ScoreSections(List.of()).glance()).isEmpty();
    assertThat(new ScoreSections(List.of()).quality()).isEmpty();
  }
}
