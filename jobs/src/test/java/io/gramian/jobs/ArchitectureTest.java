package io.gramian.jobs;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Arrows point one way: jobs, spark, compress, model, checkpoint; and jobs, edge, model. */
class ArchitectureTest {

  private static final String[] SPARK_AND_HADOOP = {
    "org.apache.spark..", "org.apache.hadoop..", "scala.."
  };

  private static JavaClasses classes;

  @BeforeAll
  static void readClasses() {
    classes =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .withImportOption(location -> !location.contains("-tests.jar"))
            .importPackages("io.gramian");
  }

  @Test
  void allModulesAreLookedAt() {
    for (String module :
        new String[] {"checkpoint", "model", "compress", "spark", "edge", "jobs"}) {
      assertThat(classes)
          .as("classes of %s", module)
          .anyMatch(type -> type.getPackageName().startsWith("io.gramian." + module));
    }
  }

  @Test
  void packagesFormNoCycles() {
    slices().matching("io.gramian.(**)").should().beFreeOfCycles().check(classes);
  }

  @Test
  void eachModuleSeesOnlyThoseBelow() {
    layeredArchitecture()
        .consideringOnlyDependenciesInAnyPackage("io.gramian..")
        .layer("checkpoint")
        .definedBy("io.gramian.checkpoint..")
        .layer("model")
        .definedBy("io.gramian.model..")
        .layer("compress")
        .definedBy("io.gramian.compress..")
        .layer("spark")
        .definedBy("io.gramian.spark..")
        .layer("edge")
        .definedBy("io.gramian.edge..")
        .layer("jobs")
        .definedBy("io.gramian.jobs..")
        .whereLayer("jobs")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("spark")
        .mayOnlyBeAccessedByLayers("jobs")
        .whereLayer("edge")
        .mayOnlyBeAccessedByLayers("jobs")
        .whereLayer("compress")
        .mayOnlyBeAccessedByLayers("spark", "jobs")
        .whereLayer("model")
        .mayOnlyBeAccessedByLayers("compress", "spark", "edge", "jobs")
        .check(classes);
  }

  @Test
  void pureModulesSeeNeitherSparkNorHadoopNorLibtorch() {
    noClasses()
        .that()
        .resideInAnyPackage("io.gramian.checkpoint..", "io.gramian.model..", "io.gramian.edge..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(SPARK_AND_HADOOP)
        .orShould()
        .dependOnClassesThat()
        .resideInAnyPackage("org.bytedeco..")
        .check(classes);
  }

  @Test
  void compressSeesNeitherSparkNorHadoop() {
    noClasses()
        .that()
        .resideInAPackage("io.gramian.compress..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(SPARK_AND_HADOOP)
        .check(classes);
  }
}
