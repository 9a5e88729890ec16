package io.gramian.jobs;

import io.gramian.checkpoint.HfConfig;
import io.gramian.jobs.options.ModelOptions;
import io.gramian.model.DecoderSpec;
import io.gramian.model.family.Families;
import io.gramian.spark.storage.HadoopDirectory;
import org.apache.hadoop.conf.Configuration;
import picocli.CommandLine.Mixin;

/** A verb to which a model's config.json says enough: it needs no weights and no running Spark. */
abstract class ConfigVerb extends Verb {

  @Mixin private ModelOptions models;

  /**
   * What the config says.
   *
   * @throws io.gramian.checkpoint.UserException if there is none, or it is of no known family
   */
  final DecoderSpec decoder() {
    HadoopDirectory folder = HadoopDirectory.of(models.orSample(), new Configuration());
    return Families.describe(HfConfig.read(folder));
  }
}
