from shared.media.playlist import (
    Captions,
    Segment,
    Variant,
    captions_playlist,
    language,
    master_playlist,
    media_playlist,
    rates,
    read_media_playlist,
    target_duration,
)

SEGMENTS = [Segment("720p_00000.m4s", 6.006, 750_750), Segment("720p_00001.m4s", 6.4, 400_000)]
LOW = Variant("240p", "avc1.640015,mp4a.40.2", 400_000, 300_000, 426, 240, 25.0)
HIGH = Variant("720p", "avc1.64001f,mp4a.40.2", 3_000_000, 2_000_000, 1280, 720, 29.97)


def test_a_finished_playlist_ends() -> None:
    lines = media_playlist("720p", SEGMENTS).splitlines()

    assert lines[:3] == ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-TARGETDURATION:6"]
    assert "#EXT-X-PLAYLIST-TYPE:VOD" in lines
    assert '#EXT-X-MAP:URI="720p_init.mp4"' in lines
    assert lines[-4:] == ["#EXT-X-BITRATE:500", "#EXTINF:6.400000,", "720p_00001.m4s", "#EXT-X-ENDLIST"]


def test_a_growing_playlist_starts_at_its_beginning_and_keeps_its_promise() -> None:
    text = media_playlist("720p", SEGMENTS[:1], target=11, ended=False)

    assert "#EXT-X-PLAYLIST-TYPE:EVENT" in text
    assert "#EXT-X-START:TIME-OFFSET=0" in text
    assert "#EXT-X-TARGETDURATION:11" in text
    assert "ENDLIST" not in text


def test_what_is_written_can_be_read_back() -> None:
    segments, target, ended = read_media_playlist(media_playlist("720p", SEGMENTS, target=9, ended=False))

    assert [(one.name, one.seconds) for one in segments] == [(one.name, one.seconds) for one in SEGMENTS]
    assert [round(one.size, -3) for one in segments] == [751_000, 400_000]
    assert (target, ended) == (9, False)


def test_every_duration_rounds_to_the_target_or_less() -> None:
    assert target_duration([5.4, 5.49]) == 5
    assert target_duration([5.4, 5.5]) == 6
    assert target_duration([0.2]) == 1
    assert target_duration([]) == 1


def test_the_peak_is_the_fullest_segment_and_a_short_tail_does_not_count() -> None:
    tail = Segment("720p_00002.m4s", 0.04, 50_000)

    assert rates([*SEGMENTS, tail])[0] == 1_000_000
    assert rates([]) == (0, 0)


def test_the_master_lists_the_best_first_with_what_rfc_8216_asks() -> None:
    lines = master_playlist([LOW, HIGH]).splitlines()

    assert lines[3:] == [
        "#EXT-X-STREAM-INF:BANDWIDTH=3000000,AVERAGE-BANDWIDTH=2000000,RESOLUTION=1280x720,"
        'CODECS="avc1.64001f,mp4a.40.2",FRAME-RATE=29.970',
        "720p.m3u8",
        "#EXT-X-STREAM-INF:BANDWIDTH=400000,AVERAGE-BANDWIDTH=300000,RESOLUTION=426x240,"
        'CODECS="avc1.640015,mp4a.40.2",FRAME-RATE=25.000',
        "240p.m3u8",
    ]


def test_sound_alone_has_no_resolution() -> None:
    text = master_playlist([Variant("audio", "mp4a.40.2", 200_000, 190_000)])

    assert "RESOLUTION" not in text
    assert "FRAME-RATE" not in text


def test_subtitles_are_a_group_and_titles_cannot_break_out_of_their_quotes() -> None:
    text = master_playlist([LOW], [Captions("subs_0_fr", "fr", 'Sous-titres "sourds"\r\n#EXT-X-EVIL', True)])

    assert 'NAME="Sous-titres sourds#EXT-X-EVIL",LANGUAGE="fr"' in text
    assert 'FORCED=YES,URI="subs_0_fr.m3u8"' in text
    assert 'FRAME-RATE=25.000,SUBTITLES="subs"' in text


def test_a_subtitle_playlist_is_as_long_as_the_film() -> None:
    text = captions_playlist("subs_0_fr", 61.2)

    assert "#EXT-X-TARGETDURATION:62" in text
    assert "#EXTINF:61.200000,\nsubs_0_fr.vtt" in text


def test_languages_of_files_become_those_of_players() -> None:
    assert language("fra") == language("fre") == language("fr") == ("fr", "Français")
    assert language("gsw") == ("gsw", "gsw")
    assert language("") == language("und") == language('"; DROP') == ("und", "")
