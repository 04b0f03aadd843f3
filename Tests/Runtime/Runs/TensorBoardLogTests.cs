using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using ModelCompiler.Runtime.Runs;
using ModelCompiler.Runtime.TensorBoard;
using ModelCompiler.Tests.Harness;

namespace ModelCompiler.Tests.Runtime.Runs;

/// <summary>Event files, read back by a reader that shares nothing with the writer: frames, check sums, fields.</summary>
public sealed class TensorBoardLogTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    [Fact]
    public void EveryScalar_CanBeReadBack()
    {
        var clock = new FixedClock();
        string path;
        using (var log = new TensorBoardLog(folder["run"], clock))
        {
            path = log.FilePath;
            var metrics = new Metrics();
            metrics.Add("accuracy", 0.75);
            log.Step(new StepReport(1, 2.5f, 0.1, 320, 0, 0.5f, 1e-3f, 9, null, false));
            log.Step(new StepReport(300, float.NaN, 0.1, 160, 0, 0.25f, 5e-4f, 9, metrics, true));
        }
        Assert.StartsWith("events.out.tfevents.1700000000.", Path.GetFileName(path), StringComparison.Ordinal);
        List<byte[]> records = ReadRecords(File.ReadAllBytes(path));
        Assert.Equal(3, records.Count);
        Dictionary<int, object> version = Fields(records[0]);
        Assert.Equal((1700000000.5, "brain.Event:2"), ((double)version[1], Text(version[3])));
        Assert.Equal([("train/loss", 2.5f), ("train/gradient_norm", 0.5f), ("train/learning_rate", 1e-3f), ("train/items_per_second", 320f)], Scalars(records[1], 1));
        Assert.Equal([("train/loss", float.NaN), ("train/gradient_norm", 0.25f), ("train/learning_rate", 5e-4f), ("train/items_per_second", 160f), ("validation/accuracy", 0.75f)],
            Scalars(records[2], 300));
    }

    /// <summary>Values that its document gives: RFC 3720, section B.4, which is CRC-32C.</summary>
    [Fact]
    public void TheReadersCheckSum_IsThatOfTheStandard()
    {
        Assert.Equal(0x8A9136AAu, Sum(new byte[32]));
        Assert.Equal(0x46DD794Eu, Sum([.. Enumerable.Range(0, 32).Select(i => (byte)i)]));
    }

    [Fact]
    public void ARunThatGoesOn_HasAFileOfItsOwn()
    {
        using var first = new TensorBoardLog(folder["run"], new FixedClock());
        using var second = new TensorBoardLog(folder["run"], new FixedClock());
        Assert.NotEqual(first.FilePath, second.FilePath);
        Assert.Contains("tfevents", second.FilePath, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatAKillCuts_IsTheLastRecord()
    {
        using var log = new TensorBoardLog(folder["run"], new FixedClock());
        for (int i = 1; i <= 5; i++) log.Step(new StepReport(i, i, 0.1, 1, 0, 1, 1, 0, null, false));
        // Not closed: everything is in the file already.
        using var stream = new FileStream(log.FilePath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        Assert.Equal(6, ReadRecords(bytes).Count);
    }

    public void Dispose() => folder.Dispose();

    static List<(string, float)> Scalars(byte[] record, long step)
    {
        Dictionary<int, object> fields = Fields(record);
        Assert.Equal(step, (long)(ulong)fields[2]);
        List<(string, float)> scalars = [];
        foreach (byte[] value in All((byte[])fields[5], 1))
        {
            Dictionary<int, object> parts = Fields(value);
            scalars.Add((Text(parts[1]), (float)parts[2]));
        }
        return scalars;
    }

    static string Text(object field) => System.Text.Encoding.UTF8.GetString((byte[])field);

    static List<byte[]> ReadRecords(byte[] file)
    {
        List<byte[]> records = [];
        int at = 0;
        while (at < file.Length)
        {
            int length = (int)BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(at));
            Assert.Equal(Masked(file[at..(at + 8)]), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 8)));
            byte[] record = file[(at + 12)..(at + 12 + length)];
            Assert.Equal(Masked(record), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 12 + length)));
            records.Add(record);
            at += 16 + length;
        }
        return records;
    }

    static uint Masked(byte[] bytes)
    {
        uint sum = Sum(bytes);
        return unchecked((sum >> 15 | sum << 17) + 0xa282ead8);
    }

    /// <summary>Bit by bit, by the reversed polynomial.</summary>
    static uint Sum(byte[] bytes)
    {
        uint sum = uint.MaxValue;
        foreach (byte b in bytes)
        {
            sum ^= b;
            for (int bit = 0; bit < 8; bit++) sum = (sum & 1) == 1 ? sum >> 1 ^ 0x82F63B78 : sum >> 1;
        }
        return ~sum;
    }

    static IEnumerable<byte[]> All(byte[] message, int number) => Read(message).Where(f => f.Number == number).Select(f => (byte[])f.Value);

    static Dictionary<int, object> Fields(byte[] message) => Read(message).ToDictionary(f => f.Number, f => f.Value);

    /// <summary>The wire format of protocol buffers: a number and a kind, then a varint, 8 bytes, a length and bytes, or 4 bytes.</summary>
    static IEnumerable<(int Number, object Value)> Read(byte[] message)
    {
        int at = 0;
        ulong Varint()
        {
            ulong value = 0;
            for (int shift = 0; ; shift += 7)
            {
                byte b = message[at++];
                value |= (ulong)(b & 127) << shift;
                if (b < 128) return value;
            }
        }
        while (at < message.Length)
        {
            ulong tag = Varint();
            object value;
            switch (tag & 7)
            {
                case 0:
                    value = Varint();
                    break;
                case 1:
                    value = BinaryPrimitives.ReadDoubleLittleEndian(message.AsSpan(at));
                    at += 8;
                    break;
                case 2:
                    int length = (int)Varint();
                    value = message[at..(at + length)];
                    at += length;
                    break;
                case 5:
                    value = BinaryPrimitives.ReadSingleLittleEndian(message.AsSpan(at));
                    at += 4;
                    break;
                default:
                    throw new InvalidDataException($"kind {tag & 7}");
            }
            yield return ((int)(tag >> 3), value);
        }
    }

    sealed class FixedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(1700000000500);
    }
}
