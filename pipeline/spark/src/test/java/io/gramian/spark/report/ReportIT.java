package io.gramian.spark.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.gramian.checkpoint.RunManifest;
import io.gramian.checkpoint.UserException;
import io.gramian.compress.finetune.StepResult;
import io.gramian.spark.ablate.Ablation;
import io.gramian.spark.ablate.AblationTable;
import io.gramian.spark.evaluate.Evaluation;
import io.gramian.spark.evaluate.EvaluationTable;
import io.gramian.spark.finetune.HeldOutLoss;
import io.gramian.spark.finetune.TrainingTables;
import io.gramian.spark.run.Reporting;
import io.gramian.spark.session.TestSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.StreamSupport;
import org.apache.spark.sql.Row;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.parser.Parser;
import org.junit.jupiter.api.Test;

/** The page of a real run says what the run's files say. */
class ReportIT {

  private static final Path RUN = SampleRun.reported();

  private static Document page(Path run) throws IOException {
    Parser parser = Parser.htmlParser().setTrackErrors(100);
    Document page = parser.parseInput(Files.readString(run.resolve(Report.FILE)), "");
    assertThat(parser.getErrors()).as("what an HTML parser objects to").isEmpty();
    return page;
  }

  private static JsonNode chart(Document page, String id) throws IOException {
    JsonNode charts = JsonMapper.builder().build().readTree(page.selectFirst("#charts").data());
    return StreamSupport.stream(charts.spliterator(), false)
        .filter(chart -> chart.get("id").asText().equals(id))
        .findFirst()
        .orElseThrow();
  }

  private static JsonNode series(JsonNode chart, String name) {
    return StreamSupport.stream(chart.get("series").spliterator(), false)
        .filter(series -> series.get("name").asText().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static double value(JsonNode series, double x) {
    return StreamSupport.stream(series.get("points").spliterator(), false)
        .filter(point -> point.get("x").asDouble() == x)
        .findFirst()
        .orElseThrow()
        .get("y")
        .asDouble();
  }

  private static String cells(Element table) {
    return table.select("tbody tr").stream()
        .map(row -> String.join("|", row.select("td").eachText()))
        .reduce("", (above, row) -> above + row + "\n");
  }

  @Test
  void curvesAndTablesHoldTheAblation() throws IOException {
    Document page = page(RUN);
    List<Ablation> rows =
        AblationTable.read(TestSession.get(), SampleRun.directory("run").resolve("ablation"));
    assertThat(rows).hasSize(5);
    String perplexities = cells(page.selectFirst("#perplexity table"));
    String memory = cells(page.selectFirst("#memory table"));
    for (Ablation row : rows) {
      JsonNode perplexity = series(chart(page, "perplexity"), row.set().name());
      JsonNode top1 = series(chart(page, "top-1"), row.set().name());
      assertThat(value(perplexity, row.keepRatio())).isEqualTo(row.perplexity());
      assertThat(value(top1, row.keepRatio())).isEqualTo(100 * row.top1Accuracy());
      assertThat(value(series(chart(page, "memory"), "BF16"), row.keepRatio()))
          .isCloseTo(2e-6 * row.parameters(), within(1e-12));
      String width = String.format(Locale.ROOT, "%.2f|", row.keepRatio());
      assertThat(perplexities)
          .contains(
              String.format(
                  Locale.ROOT,
                  "%s|%s%.3f|%.4f\n",
                  row.set().name(),
                  width,
                  row.perplexity(),
                  row.loss()));
      assertThat(memory)
          .contains(String.format(Locale.ROOT, "BF16|%s%,d|", width, 2 * row.parameters()));
    }
  }

  @Test
  void theGlanceComparesTheBestOfEachWidthWithTheDenseModel() throws IOException {
    List<Ablation> rows =
        AblationTable.read(TestSession.get(), SampleRun.directory("run").resolve("ablation"));
    List<Evaluation> stages =
        EvaluationTable.read(TestSession.get(), SampleRun.directory("run").resolve("evaluation"));
    double dense = stages.get(0).perplexity();
    double best =
        rows.stream()
            .filter(row -> row.keepRatio() == 0.65)
            .mapToDouble(Ablation::perplexity)
            .min()
            .orElseThrow();
    String glance = cells(page(RUN).selectFirst("#glance table"));
    assertThat(glance.lines())
        .hasSize(4)
        .first()
        .asString()
        .isEqualTo(
            String.format(
                Locale.ROOT,
                "dense|1.00|%.3f|–|%.2f %%|%,d|%.2f MB|%.2f MB|1.00x",
                dense,
                100 * stages.get(0).top1Accuracy(),
                rows.get(0).parameters(),
                2e-6 * rows.get(0).parameters(),
                1e-6 * stages.get(0).bytes()));
    assertThat(glance)
        .contains(
            String.format(Locale.ROOT, "|0.65|%.3f|%+.1f %%|", best, 100 * (best / dense - 1)));
  }

  @Test
  void spectraAreTheScoresInRankOrder() throws IOException {
    Document page = page(RUN);
    List<Row> heads =
        TestSession.get()
            .read()
            .parquet(RUN.resolve("rank-orders").toString())
            .where("block_index = 2 and coupling = 'query-key'")
            .collectAsList();
    assertThat(heads).hasSize(2);
    JsonNode spectrum = series(chart(page, "spectrum-query-key"), "block 2, layer 1");
    int units = heads.get(0).getList(heads.get(0).fieldIndex("order")).size();
    for (int rank : new int[] {0, 1, units - 1}) {
      double mean = (score(heads.get(0), rank) + score(heads.get(1), rank)) / 2;
      assertThat(value(spectrum, rank + 1)).isEqualTo(mean);
    }
    assertThat(page.select("#spectra-selector option").eachText())
        .containsExactly("query-key", "value-output");
    assertThat(page.select("#spectra .note").text())
        .isEqualTo(
            "No spectrum for mlp (output-error): backward elimination gives each unit a place in"
                + " the order, not a size.");
  }

  private static double score(Row row, int rank) {
    int unit = row.<Integer>getList(row.fieldIndex("order")).get(rank);
    return row.<Double>getList(row.fieldIndex("score")).get(unit);
  }

  @Test
  void blocksShowInfluenceAndRoundedWidths() throws IOException {
    Document page = page(RUN);
    JsonNode importance = chart(page, "importance");
    assertThat(importance.get("series").get(0).get("points")).hasSize(12);
    assertThat(importance.get("series").get(1).get("points")).hasSize(6);
    assertThat(importance.get("series").get(0).get("points"))
        .allSatisfy(point -> assertThat(point.get("y").asDouble()).isBetween(0.0, 2.0));
    JsonNode widths = series(chart(page, "widths"), "keep 0.85");
    assertThat(value(widths, 0)).isEqualTo((24.0 / 32 + 56.0 / 64) / 2);
    assertThat(value(widths, 1)).isEqualTo(448.0 / 512);
  }

  @Test
  void theTrainingIsThatOfItsTables() throws IOException {
    Document page = page(RUN);
    List<HeldOutLoss> checks =
        TrainingTables.readChecks(TestSession.get(), SampleRun.directory("run"));
    assertThat(checks).hasSize(6);
    for (HeldOutLoss check : checks) {
      String name = String.format(Locale.ROOT, "keep %.2f", check.ratio().value());
      assertThat(value(series(chart(page, "held-out-loss"), name), (double) check.updates()))
          .isEqualTo(check.loss());
    }
    List<StepResult> steps =
        TrainingTables.readSteps(TestSession.get(), SampleRun.directory("run"));
    assertThat(value(series(chart(page, "training-loss"), "training, all widths"), 2))
        .isEqualTo(steps.get(1).loss());
  }

  @Test
  void everyChartHasItsNumbersAsATable() throws IOException {
    assertThat(page(RUN).select("figure.chart"))
        .hasSize(9)
        .allSatisfy(figure -> assertThat(figure.select("details tbody td")).isNotEmpty());
  }

  @Test
  void namesAreTextAndNothingIsLoaded() throws IOException {
    Document page = page(RUN);
    assertThat(page.title()).isEqualTo("b> · Gramian report");
    assertThat(page.select("h1").text()).isEqualTo("b>");
    assertThat(page.select("b")).as("the model's name became markup").isEmpty();
    assertThat(page.select("#run").text())
        .contains(SampleRun.MODEL_PATH)
        .contains("gramian ablate --output 'it'\\''s </script>'");
    assertThat(page.select("script")).hasSize(3);
    assertThat(page.select("[src], [href], link, iframe, object")).isEmpty();
    assertThat(page.select("style").html()).doesNotContain("url(", "@import");
  }

  @Test
  void provenanceIsTheManifests() throws IOException {
    RunManifest manifest = RunManifest.read(SampleRun.directory("run")).orElseThrow();
    String run = page(RUN).selectFirst("#run").text();
    manifest.inputs().forEach((path, digest) -> assertThat(run).contains(path, digest));
    manifest.versions().forEach((name, version) -> assertThat(run).contains(name, version));
    assertThat(run).contains("tokenize", "calibrate", "sort", "ablate", "evaluate");
    RunManifest.Phase phase = manifest.phase(Report.PHASE).orElseThrow();
    assertThat(phase.outputs()).hasSize(1).first().extracting("file").isEqualTo(Report.FILE);
    assertThat(manifest.commandLine()).startsWith("ablate");
  }

  @Test
  void theSameRunGivesTheSameBytes() throws IOException {
    byte[] before = Files.readAllBytes(RUN.resolve(Report.FILE));
    Files.delete(RUN.resolve(Report.FILE));
    Reporting.run(TestSession.get(), SampleRun.directory("run"));
    assertThat(RUN.resolve(Report.FILE)).hasBinaryContent(before);
  }

  @Test
  void aRunWithoutScoresHasAPageAndAnOutdatedPageIsReplaced() throws IOException {
    SampleRun.delete("bare");
    SampleRun.pipeline("bare").tokenize(SampleRun.text("train"));
    Path bare = SampleRun.FOLDER.resolve("bare");
    Reporting.run(TestSession.get(), SampleRun.directory("bare"));
    Document page = page(bare);
    assertThat(page.select("#glance").text()).contains("no scores yet");
    assertThat(page.select("figure")).isEmpty();
    assertThat(page.select(".facts").text()).contains("Family llama");

    SampleRun.pipeline("bare").calibrate(SampleRun.text("train"));
    Reporting.run(TestSession.get(), SampleRun.directory("bare"));
    page = page(bare);
    assertThat(page.select("figure").eachAttr("id")).containsExactly("importance");
    assertThat(page.select("#blocks").text()).contains("no allocated widths");
  }

  @Test
  void aFolderThatIsNoRunIsRefusedAndLeftAlone() {
    Path none = SampleRun.FOLDER.resolve("none");
    assertThatThrownBy(() -> Reporting.run(TestSession.get(), SampleRun.directory("none")))
        .isInstanceOf(UserException.class)
        .hasMessage(
            none
                + " holds no run (there is no manifest.json in it): give --output a folder that"
                + " gramian sort, ablate or evaluate wrote");
    assertThat(none).doesNotExist();
  }

  @Test
  void aDamagedAllocationIsNamed() throws IOException {
    Path ratios = Files.createDirectories(SampleRun.FOLDER.resolve("damaged/ratios"));
    Files.writeString(ratios.resolve("keep-0.85.json"), "{\"keep_ratio\": 0.85}");
    assertThatThrownBy(() -> new WidthFiles(SampleRun.directory("damaged")).read())
        .isInstanceOf(UserException.class)
        .hasMessage(
            ratios
                + "/keep-0.85.json is no allocation (it lacks format_version): give a file that"
                + " allocate wrote");
  }
}
