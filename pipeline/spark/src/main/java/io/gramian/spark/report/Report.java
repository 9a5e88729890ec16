package io.gramian.spark.report;

import io.gramian.checkpoint.PendingFile;
import io.gramian.checkpoint.RunManifest;
import io.gramian.compress.forward.Site;
import io.gramian.spark.finetune.TrainingTables;
import io.gramian.spark.report.Page.Fact;
import io.gramian.spark.report.Page.Section;
import io.gramian.spark.report.Page.Selection;
import io.gramian.spark.session.JobPhase;
import io.gramian.spark.sort.Sort;
import io.gramian.spark.storage.HadoopDirectory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * Writes {@code report.html} from what a run holds.
 *
 * <p>Everything in the page comes from the run's files and manifest, and from the headers of its
 * model; the same run gives the same bytes. Cost: the tables, a few kilobytes a block, are
 * collected on the driver.
 */
public final class Report {

  /** Name of the phase. */
  public static final String PHASE = "report";

  public static final String FILE = "report.html";

  private static final String MODEL = "model";

  private final SparkSession session;
  private final HadoopDirectory run;
  private final RunManifest manifest;

  /**
   * Prepares a report.
   *
   * @param manifest what the page says about the run's making
   */
  public Report(SparkSession session, HadoopDirectory run, RunManifest manifest) {
    this.session = session;
    this.run = run;
    this.manifest = manifest;
  }

  /**
   * Writes the page, at once or not at all.
   *
   * @throws io.gramian.checkpoint.UserException if a file of the run is damaged
   */
  public void write() throws IOException {
    JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
    try (JobPhase phase = JobPhase.begin(spark, PHASE, run.name());
        PendingFile file = PendingFile.create(run, FILE)) {
      file.stream().write(PageTemplate.render(page()));
      file.commit();
    }
  }

  private Page page() throws IOException {
    List<Score> scores = new ScoreTables(session, run).read();
    Optional<ModelFacts> model = model();
    ScoreSections scored = new ScoreSections(scores);
    List<Section> sections = new ArrayList<>();
    List<Chart> quality = new ArrayList<>(scored.quality());
    new MemorySection(scores).chart().ifPresent(quality::add);
    if (!quality.isEmpty()) {
      sections.add(new Section("quality", "Choosing a width", "", quality, Selection.ALL));
    }
    training().ifPresent(sections::add);
    sections.addAll(blocks(model));
    SpectrumSection.of(new SpectrumTable(session, run).read()).ifPresent(sections::add);
    Provenance provenance = new Provenance(manifest);
    return new Page(
        name(),
        facts(model),
        scored.glance().stream().toList(),
        sections,
        new Page.Source(provenance.commandLine(), provenance.tables(), provenance.checksums()));
  }

  private Optional<Section> training() throws IOException {
    return run.exists(TrainingTables.LOG) && run.exists(TrainingTables.CHECKS)
        ? new TrainingSection(
                TrainingTables.readSteps(session, run), TrainingTables.readChecks(session, run))
            .section()
        : Optional.empty();
  }

  private List<Section> blocks(Optional<ModelFacts> model) throws IOException {
    InfluenceFiles statistics = new InfluenceFiles(run);
    List<Influence> blocks = statistics.read(Site.BLOCK_INFLUENCE);
    List<ChosenWidths> chosen = new WidthFiles(run).read();
    int known =
        Math.max(
            blocks.stream().mapToInt(b -> b.blockIndex() + 1).max().orElse(0),
            chosen.stream().mapToInt(w -> w.ofBlocks().size()).max().orElse(0));
    List<String> names =
        model
            .map(ModelFacts::blockNames)
            .filter(all -> all.size() >= known)
            .orElseGet(() -> BlockSections.numbered(known));
    BlockSections sections = new BlockSections(names);
    List<Chart> charts = new ArrayList<>();
    sections.importance(blocks, statistics.read(Site.LAYER_INFLUENCE)).ifPresent(charts::add);
    sections.widths(chosen).ifPresent(charts::add);
    String note =
        chosen.isEmpty()
            ? "This run has no allocated widths: at every keep ratio all blocks keep the same"
                + " fraction of their units."
            : "";
    return charts.isEmpty()
        ? List.of()
        : List.of(new Section("blocks", "Block by block", note, charts, Selection.ALL));
  }

  /** The run's own copy of the model in another order; before there is one, the model. */
  private Optional<ModelFacts> model() {
    List<String> folders = new ArrayList<>(List.of(run.resolve(Sort.SORTED).path().toString()));
    recordedModel().ifPresent(folders::add);
    return ModelFacts.find(folders, session.sparkContext().hadoopConfiguration());
  }

  private Optional<String> recordedModel() {
    return Optional.ofNullable(manifest.recipe().get(MODEL)).map(String::valueOf);
  }

  /** The last part of the model's path. */
  private String name() {
    String path = recordedModel().orElse(manifest.runId()).replaceAll("/+$", "");
    return path.substring(path.lastIndexOf('/') + 1);
  }

  private List<Fact> facts(Optional<ModelFacts> model) {
    List<Fact> facts = new ArrayList<>();
    model.ifPresent(
        m -> {
          facts.add(new Fact("Family", m.spec().family()));
          facts.add(new Fact("Parameters", Numerals.count(m.spec().parameterCount())));
          facts.add(new Fact("Tensors", Numerals.bytes(m.bytes()) + ", " + m.dtypes()));
          facts.add(new Fact("Residual blocks", m.mixers()));
          facts.add(new Fact("Hidden size", Numerals.count(m.spec().hiddenSize())));
          facts.add(new Fact("Vocabulary", Numerals.count(m.spec().vocabularySize())));
        });
    facts.add(new Fact("Run", manifest.runId()));
    return facts;
  }
}
