using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Threading;

namespace ModelCompiler.Runtime.Cuda;

/// <summary>
/// A folder of compiled kernels, one file each. Files appear whole or not at all, are checked when they are read, and
/// those used longest ago go when there are too many bytes of them. Any number of threads and processes may use it.
/// </summary>
/// <remarks>
/// <para>A file is 8 bytes "MCCUBIN1", the length of the rest as int64, its SHA-256, and the rest.</para>
/// <para><b>Errors</b>: none. A folder that cannot be used makes a slow start, not a failed one;
/// <see cref="Problem"/> says what is wrong with it.</para>
/// </remarks>
sealed class CubinCache
{
    /// <summary>The folder; "off" for none.</summary>
    public const string FolderVariable = "MODELCOMPILER_CUDA_CACHE";

    /// <summary>How many MiB it may hold.</summary>
    public const string LimitVariable = "MODELCOMPILER_CUDA_CACHE_MB";

    const string Extension = ".cubin", Temporary = ".tmp";
    const int DefaultMegabytes = 512, HeaderBytes = 8 + sizeof(long) + SHA256.HashSizeInBytes;

    /// <summary>What a process that ended while writing left is removed after this long.</summary>
    static readonly TimeSpan abandoned = TimeSpan.FromHours(1);

    static int written;

    readonly string? folder;
    readonly long limit;

    /// <param name="folder">Is created when it is needed; null for no cache.</param>
    /// <param name="limit">Bytes of all files; at least 0.</param>
    public CubinCache(string? folder, long limit = DefaultMegabytes * 1048576L) =>
        (this.folder, this.limit) = (folder, limit);

    /// <summary>The machine's own.</summary>
    public static CubinCache OfMachine { get; } = new(FolderOf(Environment.GetEnvironmentVariable),
        LimitOf(Environment.GetEnvironmentVariable));

    static ReadOnlySpan<byte> Magic => "MCCUBIN1"u8;

    /// <summary>Why the folder could not be used, the last time it could not; empty where it always could.</summary>
    public string Problem { get; private set; } = "";

    /// <summary>The folder that variables or the user's settings name; null if it is off, or there is none.</summary>
    internal static string? FolderOf(Func<string, string?> variable)
    {
        switch (variable(FolderVariable))
        {
            case "off": return null;
            case { Length: > 0 } named: return Path.GetFullPath(named);
        }
        string user = OperatingSystem.IsWindows()
            ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
            : variable("XDG_CACHE_HOME") is { Length: > 0 } cache ? cache
            : variable("HOME") is { Length: > 0 } home ? Path.Combine(home, ".cache") : "";
        return user.Length == 0 ? null : Path.Combine(user, "modelcompiler", "cuda");
    }

    internal static long LimitOf(Func<string, string?> variable) =>
        int.TryParse(variable(LimitVariable), NumberStyles.None, CultureInfo.InvariantCulture, out int megabytes)
            ? megabytes * 1048576L : DefaultMegabytes * 1048576L;

    /// <summary>What is stored under a key; null if nothing is, or it is damaged, which removes it.</summary>
    public byte[]? Read(CacheKey key)
    {
        if (folder is null) return null;
        string path = PathOf(key);
        try
        {
            byte[] file = File.ReadAllBytes(path);
            if (!IsWhole(file))
            {
                File.Delete(path);
                return null;
            }
            Touch(path);
            return file[HeaderBytes..];
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Problem = $"{path} cannot be read: {failure.Message}";
            return null;
        }
    }

    /// <summary>Stores an image under a key, instead of what was there, and makes room for it.</summary>
    public void Write(CacheKey key, ReadOnlySpan<byte> image)
    {
        if (folder is null || image.Length + HeaderBytes > limit) return;
        // Its own name for every writer: two that compile the same end with one of two equal files.
        string path = PathOf(key), temporary = string.Create(CultureInfo.InvariantCulture,
            $"{path}.{Environment.ProcessId}.{Interlocked.Increment(ref written)}{Temporary}");
        try
        {
            Directory.CreateDirectory(folder);
            using (FileStream file = new(temporary, FileMode.Create, FileAccess.Write))
            {
                Span<byte> header = stackalloc byte[HeaderBytes];
                Magic.CopyTo(header);
                BinaryPrimitives.WriteInt64LittleEndian(header[Magic.Length..], image.Length);
                SHA256.HashData(image, header[(Magic.Length + sizeof(long))..]);
                file.Write(header);
                file.Write(image);
                file.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, overwrite: true);
            MakeRoom(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Problem = $"Compiled kernels cannot be stored in {folder}, so they are compiled at every start: " +
                $"{failure.Message} Name another folder in {FolderVariable}, or switch it off there.";
            TryDelete(temporary);
        }
    }

    string PathOf(CacheKey key) => Path.Combine(folder!, key.Text + Extension);

    static bool IsWhole(ReadOnlySpan<byte> file)
    {
        if (file.Length < HeaderBytes || !file.StartsWith(Magic)) return false;
        ReadOnlySpan<byte> image = file[HeaderBytes..];
        if (BinaryPrimitives.ReadInt64LittleEndian(file[Magic.Length..]) != image.Length) return false;
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(image, hash);
        return hash.SequenceEqual(file[(Magic.Length + sizeof(long))..HeaderBytes]);
    }

    /// <summary>Removes what was used longest ago until the rest fits, and what ended processes left.</summary>
    /// <param name="kept">The file just written.</param>
    void MakeRoom(string kept)
    {
        List<FileInfo> files = [];
        long total = 0;
        DateTime before = DateTime.UtcNow - abandoned;
        foreach (FileInfo file in new DirectoryInfo(folder!).EnumerateFiles())
        {
            try
            {
                if (file.Name.EndsWith(Extension, StringComparison.Ordinal))
                {
                    total += file.Length;
                    files.Add(file);
                }
                else if (file.Name.EndsWith(Temporary, StringComparison.Ordinal) && file.LastWriteTimeUtc < before)
                {
                    TryDelete(file.FullName);
                }
            }
            catch (FileNotFoundException)
            {
                // Another process was faster.
            }
        }
        if (total <= limit) return;
        foreach (FileInfo file in files.OrderBy(f => f.LastWriteTimeUtc).ThenBy(f => f.Name, StringComparer.Ordinal))
        {
            if (total <= limit) return;
            if (file.FullName == kept) continue;
            total -= file.Length;
            TryDelete(file.FullName);
        }
    }

    /// <summary>The time of the last write serves as that of the last use: reading times are switched off on many
    /// systems.</summary>
    static void Touch(string path)
    {
        try
        {
            File.SetLastWriteTimeUtc(path, DateTime.UtcNow);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // A folder that may only be read, or a file just removed: its place in the order is all that is lost.
        }
    }

    static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // The next writer tries again.
        }
    }
}
