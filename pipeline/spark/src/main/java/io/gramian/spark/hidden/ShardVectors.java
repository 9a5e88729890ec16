package io.gramian.spark.hidden;

import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * The columns of a record batch: {@code sequence_id int64, position int32, token int32, hidden
 * fixed_size_list<float32>[h]}, none of them nullable; a row a token.
 */
record ShardVectors(
    BigIntVector sequences, IntVector positions, IntVector tokens, FixedSizeListVector hidden) {

  private static final String SEQUENCE = "sequence_id";
  private static final String POSITION = "position";
  private static final String TOKEN = "token";
  private static final String HIDDEN = "hidden";

  private static final ArrowType INT = new ArrowType.Int(Integer.SIZE, true);
  private static final ArrowType LONG = new ArrowType.Int(Long.SIZE, true);
  private static final ArrowType FLOAT = new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE);

  /** The columns of a root with {@link #schema}. */
  static ShardVectors of(VectorSchemaRoot root) {
    return new ShardVectors(
        (BigIntVector) root.getVector(SEQUENCE),
        (IntVector) root.getVector(POSITION),
        (IntVector) root.getVector(TOKEN),
        (FixedSizeListVector) root.getVector(HIDDEN));
  }

  static Schema schema(ShardHeader header) {
    Field element = field("element", FLOAT, List.of());
    ArrowType list = new ArrowType.FixedSizeList(header.hiddenSize());
    return new Schema(
        List.of(
            field(SEQUENCE, LONG, List.of()),
            field(POSITION, INT, List.of()),
            field(TOKEN, INT, List.of()),
            field(HIDDEN, list, List.of(element))),
        header.metadata());
  }

  private static Field field(String name, ArrowType type, List<Field> children) {
    return new Field(name, FieldType.notNullable(type), children);
  }

  /** Makes room for exactly so many rows, none of them null. */
  void allocate(int rows) {
    for (FieldVector column : List.of(sequences, positions, tokens, hidden)) {
      column.setInitialCapacity(rows);
      column.allocateNew();
      column.setValueCount(rows);
      noneIsNull(column.getValidityBuffer(), rows);
    }
    noneIsNull(values().getValidityBuffer(), (long) rows * hidden.getListSize());
  }

  /** Bits beyond the count stay 0, so that the same rows are the same bytes. */
  private static void noneIsNull(ArrowBuf validity, long count) {
    long whole = count / Byte.SIZE;
    validity.setOne(0, whole);
    int rest = (int) (count % Byte.SIZE);
    if (rest > 0) {
      validity.setByte(whole, (1 << rest) - 1);
    }
  }

  /** A view of consecutive rows' states, {@code [count, h]}. */
  FloatBuffer states(int row, int count) {
    long rowBytes = (long) hidden.getListSize() * Float.BYTES;
    return values()
        .getDataBuffer()
        .nioBuffer(row * rowBytes, Math.toIntExact(count * rowBytes))
        .order(ByteOrder.LITTLE_ENDIAN)
        .asFloatBuffer();
  }

  private Float4Vector values() {
    return (Float4Vector) hidden.getDataVector();
  }
}
