package io.gramian.spark.tokenize;

import io.gramian.checkpoint.UserException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** The columns of {@code calibration/}. */
final class CalibrationSchema {

  static final String SEQUENCE_ID = "sequence_id";
  static final String INPUT_IDS = "input_ids";
  static final String TOKEN_COUNT = "token_count";

  /** What we write. */
  static final StructType WRITTEN =
      new StructType()
          .add(SEQUENCE_ID, DataTypes.LongType, false)
          .add(INPUT_IDS, DataTypes.createArrayType(DataTypes.IntegerType, false), false)
          .add(TOKEN_COUNT, DataTypes.IntegerType, false);

  private static final List<DataType> INTEGERS = List.of(DataTypes.IntegerType, DataTypes.LongType);

  /** What we read: int or long for each, as other tools please. */
  private static final Map<String, String> WANTED =
      Map.of(
          SEQUENCE_ID, "bigint",
          INPUT_IDS, "array<int>",
          TOKEN_COUNT, "int");

  private CalibrationSchema() {}

  /**
   * Checks the columns of a folder; others may be there too.
   *
   * @throws UserException if one is missing or of another type
   */
  static void require(StructType found, String folder) {
    for (StructField wanted : WRITTEN.fields()) {
      List<String> names = Arrays.asList(found.fieldNames());
      if (!names.contains(wanted.name())) {
        throw new UserException(
            String.format(
                Locale.ROOT,
                "%s is not a calibration set: no column '%s'; wanted are %s; found are %s",
                folder,
                wanted.name(),
                describe(WRITTEN),
                describe(found)));
      }
      DataType type = found.apply(wanted.name()).dataType();
      DataType element = type instanceof ArrayType array ? array.elementType() : type;
      boolean sameShape = type instanceof ArrayType == wanted.dataType() instanceof ArrayType;
      if (!sameShape || !INTEGERS.contains(element)) {
        throw new UserException(
            String.format(
                Locale.ROOT,
                "%s is not a calibration set: column '%s' is %s, wanted is %s",
                folder,
                wanted.name(),
                type.catalogString(),
                WANTED.get(wanted.name())));
      }
    }
  }

  private static String describe(StructType schema) {
    return Arrays.stream(schema.fields())
        .map(field -> field.name() + " " + field.dataType().catalogString())
        .collect(Collectors.joining(", "));
  }
}
