using System;
using System.Buffers.Binary;
using System.IO;
using System.Numerics;

namespace ModelCompiler.Runtime.TensorBoard;

/// <summary>Frames records as TFRecord: length, its check sum, the bytes, their check sum.</summary>
/// <remarks>
/// <para><b>Source</b>: TensorFlow's documentation of the TFRecord format. Sums are CRC-32C (Castagnoli), turned by 15
/// bits with a constant added, so that a sum over bytes that hold sums is not weak.</para>
/// </remarks>
static class RecordWriter
{
    const uint MaskDelta = 0xA282EAD8;
    const int Head = 12, Foot = 4;

    /// <summary>How long a framed record is.</summary>
    public static int Length(int bytes) => Head + bytes + Foot;

    /// <summary>Writes one record at once, so that a kill cuts at most the last.</summary>
    /// <param name="file">Written to.</param>
    /// <param name="frame">[Length(bytes)]; the record lies behind the head, the rest is overwritten.</param>
    /// <param name="bytes">Of the record.</param>
    public static void Write(Stream file, Span<byte> frame, int bytes)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(frame, (ulong)bytes);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[8..], MaskedSum(frame[..8]));
        BinaryPrimitives.WriteUInt32LittleEndian(frame[(Head + bytes)..], MaskedSum(frame.Slice(Head, bytes)));
        file.Write(frame[..Length(bytes)]);
    }

    /// <summary>Where a record starts in its frame.</summary>
    public static int Start => Head;

    static uint MaskedSum(ReadOnlySpan<byte> bytes)
    {
        uint sum = uint.MaxValue;
        foreach (byte b in bytes) sum = BitOperations.Crc32C(sum, b);
        sum = ~sum;
        return BitOperations.RotateRight(sum, 15) + MaskDelta;
    }
}
