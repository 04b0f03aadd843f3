using System;
using System.IO;
using System.IO.Compression;

namespace ModelCompiler.Runtime.Data;

/// <summary>Whole files, decompressed where they are gzip, with messages that say what to do.</summary>
static class DataFile
{
    /// <summary>All bytes of a file, as it is.</summary>
    public static byte[] ReadAll(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DatasetException(path,
                $"there is no such file (looked for {Path.GetFullPath(path)}). Check the path, or fetch the data " +
                "first.",
                innerException: failure);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new DatasetException(path, $"it cannot be read: {failure.Message}", innerException: failure);
        }
    }

    /// <summary>All bytes of a file; those inside where it is gzip, which its first two bytes tell.</summary>
    public static byte[] ReadUnpacked(string path)
    {
        byte[] bytes = ReadAll(path);
        return Unpack(path, bytes);
    }

    /// <summary>The bytes inside where they are gzip (RFC 1952, section 2.3.1), otherwise the same bytes.</summary>
    public static byte[] Unpack(string name, byte[] bytes)
    {
        if (bytes is not [0x1F, 0x8B, ..]) return bytes;
        try
        {
            using var gzip = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress);
            using var unpacked = new MemoryStream();
            gzip.CopyTo(unpacked);
            return unpacked.ToArray();
        }
        catch (InvalidDataException failure)
        {
            throw new DatasetException(name,
                $"it is not a whole gzip file: {failure.Message} Fetch it again; {bytes.Length} bytes are there.",
                innerException: failure);
        }
    }
}
