using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;

namespace ModelCompiler.Tests.References.MakeReferences;

/// <summary>The format in its plainest form: header length (8 bytes, little-endian), JSON header, values without gaps.</summary>
/// <remarks>Not shared with Runtime on purpose: a mistake there must not be able to hide in its own reference file.</remarks>
static class SafetensorsFile
{
    const int LengthBytes = 8;

    public static void Write(string path, IReadOnlyList<Entry> entries)
    {
        byte[] header = Header(entries);
        using FileStream stream = File.Create(path);
        Span<byte> length = stackalloc byte[LengthBytes];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach (Entry entry in entries)
        {
            byte[] bytes = new byte[entry.Length];
            Buffer.BlockCopy(entry.Values, 0, bytes, 0, bytes.Length);
            stream.Write(bytes);
        }
    }

    /// <summary>Reads a file back and checks that its header accounts for every byte.</summary>
    /// <exception cref="InvalidDataException">Offsets leave a gap, overlap, or disagree with a shape or the file's length.</exception>
    public static List<Entry> Read(string path)
    {
        byte[] file = File.ReadAllBytes(path);
        int start = LengthBytes + checked((int)BinaryPrimitives.ReadInt64LittleEndian(file));
        using JsonDocument header = JsonDocument.Parse(file.AsMemory(LengthBytes, start - LengthBytes));
        List<Entry> entries = [];
        int expected = 0;
        foreach (JsonProperty property in header.RootElement.EnumerateObject())
        {
            int[] offsets = [.. property.Value.GetProperty("data_offsets").EnumerateArray().Select(offset => offset.GetInt32())];
            long[] shape = [.. property.Value.GetProperty("shape").EnumerateArray().Select(length => length.GetInt64())];
            long count = shape.Aggregate(1L, (product, length) => product * length);
            long end = expected + count * sizeof(float);
            if (offsets[0] != expected || offsets[1] != end)
                throw new InvalidDataException(
                    $"{path}: {property.Name} is at [{offsets[0]}, {offsets[1]}), expected [{expected}, {end}). Make the file again");
            Array values = property.Value.GetProperty("dtype").GetString() == "I32" ? new int[count] : new float[count];
            Buffer.BlockCopy(file, start + offsets[0], values, 0, Buffer.ByteLength(values));
            entries.Add(new Entry(property.Name, shape, values));
            expected = offsets[1];
        }
        if (start + expected != file.Length)
            throw new InvalidDataException(
                $"{path}: {file.Length} bytes, but the header accounts for {start + expected}. Make the file again");
        return entries;
    }

    static byte[] Header(IReadOnlyList<Entry> entries)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream))
        {
            json.WriteStartObject();
            int offset = 0;
            foreach (Entry entry in entries)
            {
                json.WriteStartObject(entry.Name);
                json.WriteString("dtype", entry.Type);
                json.WriteStartArray("shape");
                foreach (long length in entry.Shape) json.WriteNumberValue(length);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset += entry.Length);
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        // Spaces up to a multiple of eight keep the values aligned when the file is mapped; the format asks for it.
        string text = Encoding.UTF8.GetString(stream.ToArray());
        return Encoding.UTF8.GetBytes(text.PadRight((text.Length + 7) / 8 * 8));
    }
}
